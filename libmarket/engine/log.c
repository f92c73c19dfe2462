#include <stdarg.h>
#include <stdio.h>

#include "libmarket/engine/market.h"

void mk_log(market *market, int32_t level, const char *format, ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	market->log(level, message, market->user_data);
}
