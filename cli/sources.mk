# sources of cli
market_sources += cli/main.c
