# sources of libmarket/party
libmarket_sources += \
	libmarket/party/buyer.c \
	libmarket/party/holiday.c \
	libmarket/party/member.c \
	libmarket/party/payout_account.c \
	libmarket/party/record.c \
	libmarket/party/requirement.c \
	libmarket/party/sealed.c \
	libmarket/party/seller.c \
	libmarket/party/sql.c \
	libmarket/party/exam.c \
	libmarket/party/review.c \
	libmarket/party/submission.c \
	libmarket/party/submission_time.c
