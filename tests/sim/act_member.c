/* SEL-6: members come, change and go; one owner stays. */
#include "tests/sim/sim.h"

enum { MOST_MEMBERS = 40 };

static int64_t owners(const sim *s, size_t seller)
{
	int64_t n = 1; /* the first one, for whom the seller's own acts are done */

	for (size_t i = 0; i < s->members.n; i++)
		n += s->members.at[i].seller == seller && s->members.at[i].role == MARKET_ROLE_OWNER &&
		     s->members.at[i].removed_at == 0;
	return n;
}

static void same(sim *s, size_t i, const market_member *got)
{
	sim_same(s, "role of a member", s->members.at[i].role, got->role);
	sim_same(s, "removed_at of a member", s->members.at[i].removed_at, got->removed_at);
}

static void create(sim *s)
{
	market_member_create_params in = MARKET_MEMBER_CREATE_PARAMS_INIT;
	void *out;
	size_t i;

	if (s->sellers.n == 0 || s->members.n == MOST_MEMBERS)
		return;
	i = (size_t)sim_below(s, (int64_t)s->sellers.n);
	sim_seller_timers(s, i, "member.create");
	in.seller = s->sellers.at[i].id;
	in.name = "Mo";
	in.role = MARKET_ROLE_OWNER + (int32_t)sim_below(s, 6);
	if (!sim_run(s, "member.create", &in, &out, 0))
		return;
	*SIM_NEW(s->members) =
		(sim_member){.id = ((market_member *)out)->id, .seller = i, .role = in.role};
	same(s, s->members.n - 1, out);
	sim_free(out);
}

/* The first owner may go only while there are others, and here never does. */
static bool first_owner(sim *s, market_id *member)
{
	size_t i;

	if (s->sellers.n == 0 || !sim_chance(s, 20))
		return false;
	i = (size_t)sim_below(s, (int64_t)s->sellers.n);
	*member = s->sellers.at[i].owner;
	return owners(s, i) == 1;
}

static void update(sim *s)
{
	market_member_update_params in = MARKET_MEMBER_UPDATE_PARAMS_INIT;
	int expected = 0;
	void *out;
	size_t i;

	in.role = MARKET_ROLE_OWNER + (int32_t)sim_below(s, 6);
	if (first_owner(s, &in.member)) {
		expected = in.role == MARKET_ROLE_OWNER ? 0 : MARKET_ESTATE;
		sim_run(s, "member.update", &in, &out, expected);
		sim_free(out);
		return;
	}
	if (s->members.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->members.n);
	in.member = s->members.at[i].id;
	if (s->members.at[i].removed_at != 0)
		expected = MARKET_ESTATE;
	else
		s->members.at[i].role = in.role;
	if (sim_run(s, "member.update", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

static void remove_one(sim *s)
{
	market_member_remove_params in = MARKET_MEMBER_REMOVE_PARAMS_INIT;
	int expected = 0;
	void *out;
	size_t i;

	if (first_owner(s, &in.member)) {
		sim_run(s, "member.remove", &in, &out, MARKET_ESTATE);
		sim_free(out);
		return;
	}
	if (s->members.n == 0)
		return;
	i = (size_t)sim_below(s, (int64_t)s->members.n);
	in.member = s->members.at[i].id;
	if (s->members.at[i].removed_at != 0)
		expected = MARKET_ESTATE;
	else
		s->members.at[i].removed_at = s->now;
	if (sim_run(s, "member.remove", &in, &out, expected))
		same(s, i, out);
	sim_free(out);
}

const sim_action sim_member_actions[] = {
	{"member.create", create, 3},
	{"member.update", update, 4},
	{"member.remove", remove_one, 4},
	{NULL, NULL, 0},
};
