"""A person at a terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from harness import MARKET, Suite

CONTROL = re.compile("\0|\033[=>]|\033\\[[0-9;?]*[A-Za-z]")


class Terminal:
    def __init__(self, *arguments, environment=None, columns=100, program=MARKET):
        self.text = ""
        self.seen = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(Suite.folder)
            names = {"TERM": "xterm", "HOME": Suite.folder, **(environment or {})}
            os.environ.pop("NO_COLOR", None)
            os.environ.update(names)
            os.execv(program, [os.path.basename(program), *arguments])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return ""
        try:
            data = os.read(self.fd, 65536).decode("utf-8", "replace")
        except OSError:  # the other end is gone
            return None
        self.text += data
        return data or None

    def wait_for(self, *words, seconds=10):
        """What came since the last wait, as soon as every word stands in it and the last one ends
        it."""
        begin, end = self.seen, time.monotonic() + seconds
        while not self.came(self.text[begin:], words):
            if self.read(0.1) is None or time.monotonic() > end:
                break
        self.seen = len(self.text)
        return self.text[begin:]

    @staticmethod
    def came(text, words):
        plain = CONTROL.sub("", text).rstrip()
        return all(word in plain for word in words[:-1]) and plain.endswith(words[-1].rstrip())

    def type(self, keys):
        """Keys for a program that edits its line: as soon as it reads each. The prompt is
        there a moment earlier, and the terminal still takes ^C, ^D and ^U itself."""
        end = time.monotonic() + 10
        while termios.tcgetattr(self.fd)[3] & termios.ICANON and time.monotonic() < end:
            time.sleep(0.001)
        os.write(self.fd, keys.encode())

    def end(self):
        """All that it printed, and its exit code."""
        end = time.monotonic() + 60
        while self.read(0.1) is not None and time.monotonic() < end:
            pass
        os.close(self.fd)
        status = os.waitpid(self.pid, 0)[1]
        return self.text.replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)
