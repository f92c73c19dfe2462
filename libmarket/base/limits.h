/* Every bound in one place; each is tested at and over. */
#ifndef MK_BASE_LIMITS_H
#define MK_BASE_LIMITS_H

#define MK_MAX_KEY 128   /* characters of an idempotency key or a ref */
#define MK_MAX_NAME 200  /* names and titles */
#define MK_MAX_CODE 64   /* codes: reasons, kinds, policy keys */
#define MK_MAX_TEXT 4000 /* notes, reasons, descriptions */
#define MK_MAX_METADATA 20
#define MK_MAX_METADATA_NAME 64
#define MK_MAX_METADATA_VALUE 500
#define MK_MAX_JSON (1024 * 1024) /* bytes of a params text or notification */
#define MK_MAX_JSON_DEPTH 16
#define MK_MAX_POLICY (1024 * 1024)
#define MK_MAX_POLICY_DEPTH 16
#define MK_MAX_POLICY_ERRORS 100
#define MK_MAX_PAGE 1000
#define MK_DEFAULT_PAGE 100
#define MK_MAX_LINES 500  /* lines of a checkout */
#define MK_MAX_LIST 1000  /* items of any other list */
#define MK_MAX_LEGS 64    /* LED-2 */
#define MK_MAX_BATCH 1024 /* LED-4 */
#define MK_MAX_QUANTITY 1000000
#define MK_MAX_TRIES 8                   /* runs of one operation under conflicts */
#define MK_PATIENCE_US (5 * 1000 * 1000) /* after that it is not run again */
#define MK_MAX_OUTPUT (16 * 1024 * 1024)

#endif
