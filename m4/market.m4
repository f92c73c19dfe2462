# Own checks of configure.ac.

# MARKET_ENABLE(NAME, WHAT): --enable-NAME, off by default.
AC_DEFUN([MARKET_ENABLE],
[AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$2])],
	[AS_IF([test "$enable_$1" != no], [enable_$1=yes])], [enable_$1=no])])

# MARKET_NEED(PREFIX, MODULE, PACKAGE): a library by pkg-config, or its Debian package to the list.
AC_DEFUN([MARKET_NEED],
[PKG_CHECK_MODULES([$1], [$2], [], [market_missing="$market_missing $3"])])

# MARKET_TRY_CFLAG(FLAG, THEN, ELSE)
AC_DEFUN([MARKET_TRY_CFLAG],
[market_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [market_ok=yes], [market_ok=no])
CFLAGS=$market_saved_CFLAGS
AS_IF([test $market_ok = yes], [$2], [$3])])

# MARKET_CHECK_CFLAGS(VARIABLE, FLAGS): adds those that the compiler takes.
AC_DEFUN([MARKET_CHECK_CFLAGS],
[for market_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $market_flag])
	MARKET_TRY_CFLAG([$market_flag], [$1="$$1 $market_flag"])
	AC_MSG_RESULT([$market_ok])
done])

# MARKET_CHECK_LDFLAGS(VARIABLE, FLAGS): adds those that the linker takes.
AC_DEFUN([MARKET_CHECK_LDFLAGS],
[for market_flag in $2; do
	AC_MSG_CHECKING([whether the linker takes $market_flag])
	market_saved_LDFLAGS=$LDFLAGS
	LDFLAGS="$LDFLAGS $market_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [market_ok=yes], [market_ok=no])
	LDFLAGS=$market_saved_LDFLAGS
	AS_IF([test $market_ok = yes], [$1="$$1 $market_flag"])
	AC_MSG_RESULT([$market_ok])
done])

# MARKET_CHECK_FORTIFY(VARIABLE): only where the compiler optimises, and not beside a sanitizer.
AC_DEFUN([MARKET_CHECK_FORTIFY],
[AC_MSG_CHECKING([whether to use _FORTIFY_SOURCE])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifndef __OPTIMIZE__
#error not optimising
#endif
]])], [market_ok=yes], [market_ok=no])
AS_IF([test -n "$MARKET_SANITIZED"], [market_ok=no])
AS_IF([test $market_ok = yes], [$1="$$1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
AC_MSG_RESULT([$market_ok])])

# MARKET_CHECK_PIE: PIE_CFLAGS and PIE_LDFLAGS for programs.
AC_DEFUN([MARKET_CHECK_PIE],
[AC_MSG_CHECKING([for position independent executables])
market_saved_CFLAGS=$CFLAGS
market_saved_LDFLAGS=$LDFLAGS
CFLAGS="$CFLAGS -fPIE"
LDFLAGS="$LDFLAGS -pie"
AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	[market_ok=yes PIE_CFLAGS=-fPIE PIE_LDFLAGS=-pie], [market_ok=no PIE_CFLAGS= PIE_LDFLAGS=])
CFLAGS=$market_saved_CFLAGS
LDFLAGS=$market_saved_LDFLAGS
AC_SUBST([PIE_CFLAGS])
AC_SUBST([PIE_LDFLAGS])
AC_MSG_RESULT([$market_ok])])

# MARKET_CHECK_VERSION_SCRIPT: whether the linker takes libmarket.map.
AC_DEFUN([MARKET_CHECK_VERSION_SCRIPT],
[AC_MSG_CHECKING([for linker version scripts])
echo 'V_1 { global: market_*; local: *; };' > conftest.map
market_saved_LDFLAGS=$LDFLAGS
LDFLAGS="$LDFLAGS -shared -fPIC -Wl,--version-script=conftest.map"
AC_LINK_IFELSE([AC_LANG_SOURCE([[int market_nothing(void) { return 0; }]])],
	[market_version_script=yes], [market_version_script=no])
LDFLAGS=$market_saved_LDFLAGS
rm -f conftest.map
AM_CONDITIONAL([HAVE_VERSION_SCRIPT], [test $market_version_script = yes])
AC_MSG_RESULT([$market_version_script])])

# MARKET_SANITIZERS: flags of the chosen sanitizers.
AC_DEFUN([MARKET_SANITIZERS],
[MARKET_SANITIZED=
AS_IF([test $enable_asan = yes], [MARKET_SANITIZED="$MARKET_SANITIZED -fsanitize=address"])
AS_IF([test $enable_ubsan = yes],
	[MARKET_SANITIZED="$MARKET_SANITIZED -fsanitize=undefined -fno-sanitize-recover=undefined"])
AS_IF([test $enable_tsan = yes], [MARKET_SANITIZED="$MARKET_SANITIZED -fsanitize=thread"])
AS_IF([test -n "$MARKET_SANITIZED"],
	[AC_MSG_CHECKING([whether $CC takes$MARKET_SANITIZED])
	market_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $MARKET_SANITIZED"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no]); AC_MSG_ERROR([the sanitizer's runtime library is missing])])
	CFLAGS=$market_saved_CFLAGS
	MARKET_CFLAGS="$MARKET_CFLAGS $MARKET_SANITIZED -fno-omit-frame-pointer"
	MARKET_LDFLAGS="$MARKET_LDFLAGS $MARKET_SANITIZED"])])
