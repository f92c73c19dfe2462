/* CAT-1: links of front categories, against a small table of them. */
#include "tests/sim/sim.h"

static bool stands_above(const sim *s, size_t above, size_t below)
{
	if (above == below)
		return true;
	for (size_t i = 0; i < SIM_FRONTS; i++)
		if (s->graph.below[above][i] && stands_above(s, i, below))
			return true;
	return false;
}

static void link_two(sim *s)
{
	market_front_category_link_params in = MARKET_FRONT_CATEGORY_LINK_PARAMS_INIT;
	const size_t parent = (size_t)sim_below(s, SIM_FRONTS),
				 child = (size_t)sim_below(s, SIM_FRONTS);
	const int expected = stands_above(s, child, parent) ? MARKET_EINVALID : 0;
	void *out;

	in.front_category = s->graph.fronts[parent];
	in.child = s->graph.fronts[child];
	in.position = sim_below(s, 3);
	if (sim_run(s, "front_category.link", &in, &out, expected))
		s->graph.below[parent][child] = true;
	sim_free(out);
}

static void unlink_two(sim *s)
{
	market_front_category_unlink_params in = MARKET_FRONT_CATEGORY_UNLINK_PARAMS_INIT;
	const size_t parent = (size_t)sim_below(s, SIM_FRONTS),
				 child = (size_t)sim_below(s, SIM_FRONTS);
	void *out;

	in.front_category = s->graph.fronts[parent];
	in.child = s->graph.fronts[child];
	if (sim_run(s, "front_category.unlink", &in, &out,
	            s->graph.below[parent][child] ? 0 : MARKET_ENOTFOUND))
		s->graph.below[parent][child] = false;
	sim_free(out);
}

/* Each link below the first is told once. */
static void read_tree(sim *s)
{
	market_front_category_tree_params in = MARKET_FRONT_CATEGORY_TREE_PARAMS_INIT;
	const size_t first = (size_t)sim_below(s, SIM_FRONTS);
	int64_t links = 0;
	market_front_tree *out;

	for (size_t i = 0; i < SIM_FRONTS; i++)
		for (size_t k = 0; k < SIM_FRONTS; k++)
			links += s->graph.below[i][k] && stands_above(s, first, i);
	in.front_category = s->graph.fronts[first];
	out = sim_read(s, "front_category.tree", &in);
	if (out)
		sim_same(s, "links below a front category", links, (int64_t)out->n_items);
	sim_free(out);
}

const sim_action sim_front_actions[] = {
	{"front_category.link", link_two, 3},
	{"front_category.unlink", unlink_two, 2},
	{"front_category.tree", read_tree, 1},
	{NULL, NULL, 0},
};

void sim_setup_fronts(sim *s)
{
	for (size_t i = 0; i < SIM_FRONTS; i++) {
		market_front_category_create_params in = MARKET_FRONT_CATEGORY_CREATE_PARAMS_INIT;
		const char code[] = {(char)('a' + i), '\0'};
		void *out;

		in.code = code;
		in.name = "Front";
		if (sim_run(s, "front_category.create", &in, &out, 0))
			s->graph.fronts[i] = ((market_front_category *)out)->id;
		sim_free(out);
	}
}
