# sources of the door
libmarket_sources += \
	libmarket/op/api_schema.c \
	libmarket/op/authorise.c \
	libmarket/op/batch.c \
	libmarket/op/batch_chain.c \
	libmarket/op/batch_item.c \
	libmarket/op/brand.c \
	libmarket/op/call.c \
	libmarket/op/door.c \
	libmarket/op/escrow.c \
	libmarket/op/event.c \
	libmarket/op/group.c \
	libmarket/op/holiday.c \
	libmarket/op/identity.c \
	libmarket/op/keys.c \
	libmarket/op/ledger.c \
	libmarket/op/member.c \
	libmarket/op/onboarding.c \
	libmarket/op/operator.c \
	libmarket/op/order.c \
	libmarket/op/party.c \
	libmarket/op/payment.c \
	libmarket/op/policy.c \
	libmarket/op/rating.c \
	libmarket/op/refs.c \
	libmarket/op/refund.c \
	libmarket/op/refusal.c \
	libmarket/op/schema.c \
	libmarket/op/send.c \
	libmarket/op/session.c \
	libmarket/op/settlement.c \
	libmarket/op/shipment.c \
	libmarket/op/store.c \
	libmarket/op/store_file.c \
	libmarket/op/store_job.c \
	libmarket/op/table.c \
	libmarket/op/work.c
