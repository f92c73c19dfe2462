# sources of tests/unit for libmarket/party
unit_sources += \
	tests/unit/test_agency.c \
	tests/unit/test_key_rotation.c \
	tests/unit/test_member.c \
	tests/unit/test_onboarding.c \
	tests/unit/test_payout_account.c \
	tests/unit/test_standing.c
