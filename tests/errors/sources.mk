# what notes the errors that operations gave; a program that has it is linked with these flags
given_sources = tests/errors/given.c
given_ldflags = -Wl,--wrap=mk_op_run,--wrap=mk_op_run_json
unit_sources += $(given_sources)
