# sources of tests/unit for libmarket/ledger
unit_sources += \
	tests/unit/ledger_fixture.c \
	tests/unit/test_checkpoint.c \
	tests/unit/test_debt.c \
	tests/unit/test_hold.c \
	tests/unit/test_ledger.c \
	tests/unit/test_ledger_batch.c \
	tests/unit/test_ledger_race.c \
	tests/unit/test_ledger_request.c \
	tests/unit/test_ledger_seal.c \
	tests/unit/test_tamper.c \
	tests/unit/test_verify.c
