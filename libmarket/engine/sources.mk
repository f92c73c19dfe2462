# sources of libmarket/engine
libmarket_sources += \
	libmarket/engine/context.c \
	libmarket/engine/event.c \
	libmarket/engine/log.c \
	libmarket/engine/policy.c \
	libmarket/engine/policy_brands.c \
	libmarket/engine/policy_check.c \
	libmarket/engine/policy_deposits.c \
	libmarket/engine/policy_identity.c \
	libmarket/engine/policy_publish.c \
	libmarket/engine/policy_sellers.c \
	libmarket/engine/policy_service_fees.c \
	libmarket/engine/policy_standing.c \
	libmarket/engine/policy_store.c \
	libmarket/engine/pool.c \
	libmarket/engine/sql.c
