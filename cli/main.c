#include <stdio.h>

int main(void)
{
	fputs("usage: market COMMAND ...\n", stderr);
	return 2;
}
