#include <stdio.h>

int main(void)
{
	fputs("usage: market-bench COMMAND ...\n", stderr);
	return 2;
}
