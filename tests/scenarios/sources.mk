# sources of tests/scenarios
