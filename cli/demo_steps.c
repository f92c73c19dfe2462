/* A day of a small made-up marketplace. Names, goods and amounts are invented. */
#include "cli/demo.h"

/* One day must show what takes weeks elsewhere. */
const char *const demo_rules[][2] = {
	{"name", "demo"},      {"query_after", "5min"}, {"ship_by", "2h"},
	{"maturity", "2h"},    {"auto_confirm", "4h"},  {"unshipped_cancel", "6h"},
	{"schedule", "daily"}, {"minimum", "1.00 BRL"}, {"zone", "UTC"},
};
const size_t demo_rule_count = sizeof(demo_rules) / sizeof(demo_rules[0]);

#define AT(hour, minute) ((hour) * 60 + (minute))
#define OPERATOR "operator:ana"
#define SHOP "operator:shop" /* the application's server: it knows the freight */
#define OWNER(seller) "member:ref:" seller "-owner"
#define BUYER(name) "buyer:ref:" name
#define BRL(amount) "{'amount':'" amount "','currency':'BRL'}"

#define CATEGORY(code, title) \
	{AT(8, 0), OPERATOR, "category.create", "{'code':'" code "','name':'" title "'}", code, NULL}

/* Application, what the policy asks, approval, payout account, warehouse: as for anyone. */
#define SELLER(at, ref, shop, type, more) \
	{at, "anonymous", "seller.apply", \
     "{'ref':'" ref "','name':'" shop "','store_type':'" type "','country':'BR','currency':'BRL'," \
     "'owner_name':'Owner of " shop "','owner_ref':'" ref "-owner'" more "}", ref, \
     shop " applies"}, \
	{at, OWNER(ref), "submission.create", \
     "{'seller':'ref:" ref "','requirement':'terms','statement':'Agreed.'}", ref "_terms", NULL}, \
	{at, OWNER(ref), "submission.create", \
     "{'seller':'ref:" ref "','requirement':'identity','document':'12.345.678/0001-95'}", \
     ref "_identity", NULL}, \
	{at + 5, OPERATOR, "submission.accept", "{'submission':'$" ref "_terms.id'}", NULL, NULL}, \
	{at + 5, OPERATOR, "submission.accept", "{'submission':'$" ref "_identity.id'}", NULL, NULL}, \
	{at + 6, OPERATOR, "seller.approve", "{'seller':'ref:" ref "'}", NULL, shop " is approved"}, \
	{at + 7, "confirmed " OWNER(ref), "payout_account.set", \
     "{'seller':'ref:" ref "','holder':'" shop "','bank':'001','country':'BR'," \
     "'account':'0001-" ref "'}", NULL, NULL}, \
	{at + 8, OWNER(ref), "warehouse.create", \
     "{'seller':'ref:" ref "','ref':'main','name':'Main','country':'BR'}", NULL, NULL}

#define GOODS(at, seller, ref, category, title, price, units) \
	{at, OWNER(seller), "product.create", \
     "{'seller':'ref:" seller "','ref':'" ref "','category':'$" category ".id'," \
     "'title':'" title "'}", ref, NULL}, \
	{at + 1, OPERATOR, "product.publish", "{'product':'$" ref ".id'}", NULL, NULL}, \
	{at + 2, OWNER(seller), "offer.create", \
     "{'seller':'ref:" seller "','ref':'" ref "','product':'$" ref ".id'," \
     "'skus':[{'ref':'" ref "','price':" BRL(price) "}]}", NULL, NULL}, \
	{at + 2, OWNER(seller), "offer.activate", "{'offer':'ref:" ref "'}", NULL, NULL}, \
	{at + 2, OWNER(seller), "stock.adjust", \
     "{'sku':'ref:" ref "','warehouse':'ref:main','delta':" units ",'reason':'delivery'}", NULL, \
     "on offer: " title ", " price " BRL"}

#define PERSON(ref, fullname) \
	{AT(9, 30), SHOP, "buyer.create", \
     "{'ref':'" ref "','name':'" fullname "','email':'" ref "@example.com'}", NULL, NULL}, \
	{AT(9, 30), BUYER(ref), "address.create", \
     "{'buyer':'ref:" ref "','ref':'home','name':'" fullname "','country':'BR','city':'Recife'," \
     "'street':'Rua da Aurora 1','postcode':'50050-000'}", NULL, NULL}

#define ITEM(seller, sku, quantity) "{'sku':'ref:" seller "/" sku "','quantity':" quantity "}"
#define FREIGHT(seller, amount) "{'seller':'ref:" seller "','amount':" BRL(amount) "}"
#define PLACE(at, order, buyer, items, freight, more, words) \
	{at, SHOP, "order.place", \
     "{'buyer':'ref:" buyer "','ref':'" order "','currency':'BRL','address':'ref:" buyer "/home'," \
     "'items':[" items "],'freight':[" freight "]" more "}", order, words}
#define PAY(at, order, buyer, method, words) \
	{at, BUYER(buyer), "payment.start", \
     "{'payment':'$" order ".payment','method':'" method "'}", NULL, words}
#define SHIP(at, order, number, seller, words) \
	{at, OWNER(seller), "order.ship", \
     "{'order':'$" order ".orders." number ".id','carrier':'Correios'," \
     "'tracking':'" order number "BR'}", NULL, words}
#define DELIVER(at, order, number, words) \
	{at, OPERATOR, "order.deliver", "{'order':'$" order ".orders." number ".id'}", NULL, words}
#define CONFIRM(at, order, number, buyer, words) \
	{at, BUYER(buyer), "order.confirm", "{'order':'$" order ".orders." number ".id'}", NULL, words}
#define RATE(at, order, number, buyer, score, words) \
	{at, BUYER(buyer), "rating.create", \
     "{'order':'$" order ".orders." number ".id'," \
     "'line':'$" order ".orders." number ".lines.0.id','scores':[" \
     "{'dimension':'description','score':" score "},{'dimension':'service','score':" score "}," \
     "{'dimension':'logistics','score':" score "}]}", NULL, words}

const demo_step demo_steps[] = {
	CATEGORY("books", "Books"),
	CATEGORY("electronics", "Electronics"),
	CATEGORY("home", "Home"),
	CATEGORY("toys", "Toys"),
	SELLER(AT(8, 5), "aurora", "Aurora Books", "specialty", ",'categories':['books']"),
	SELLER(AT(8, 20), "benfica", "Benfica Audio", "individual", ""),
	SELLER(AT(8, 35), "casa", "Casa Verde", "individual", ""),
	SELLER(AT(8, 50), "dona", "Dona Flor", "individual", ""),
	SELLER(AT(9, 5), "elmo", "Elmo Toys", "individual", ""),
	GOODS(AT(9, 15), "aurora", "novel", "books", "A novel", "39.90", "100"),
	GOODS(AT(9, 15), "aurora", "atlas", "books", "An atlas", "129.00", "20"),
	GOODS(AT(9, 16), "benfica", "radio", "electronics", "A radio", "349.00", "15"),
	GOODS(AT(9, 16), "benfica", "headphones", "electronics", "Headphones", "189.90", "30"),
	GOODS(AT(9, 17), "casa", "lamp", "home", "A lamp", "89.50", "12"),
	GOODS(AT(9, 18), "dona", "vase", "home", "A vase", "64.00", "40"),
	GOODS(AT(9, 19), "elmo", "train", "toys", "A wooden train", "119.90", "5"),
	PERSON("rosa", "Rosa Lima"),
	PERSON("saulo", "Saulo Reis"),
	PERSON("tania", "Tania Melo"),
	PERSON("ugo", "Ugo Prado"),
	PERSON("vera", "Vera Nunes"),
	PERSON("wanda", "Wanda Costa"),
	PERSON("xavier", "Xavier Dias"),
	PERSON("yara", "Yara Alves"),
	PERSON("zeca", "Zeca Pinto"),
	PERSON("alma", "Alma Rocha"),
	PERSON("bruno", "Bruno Paz"),
	PERSON("clara", "Clara Vaz"),

	/* two books; refunded in part after the payout */
	PLACE(AT(10, 0), "o1", "rosa", ITEM("aurora", "novel", "2"), FREIGHT("aurora", "12.00"), "",
          "Rosa orders two novels"),
	PAY(AT(10, 1), "o1", "rosa", "card", "Rosa pays by card"),
	/* cancelled at once: a refund before anything was shipped */
	PLACE(AT(10, 5), "o2", "saulo", ITEM("benfica", "headphones", "1"),
          FREIGHT("benfica", "15.00"), "", "Saulo orders headphones"),
	PAY(AT(10, 6), "o2", "saulo", "wallet", NULL),
	{AT(10, 40), BUYER("saulo"), "order.cancel",
     "{'order':'$o2.orders.0.id','reason':'changed_mind'}", NULL,
     "Saulo cancels: refunded before the release"},
	/* two sellers, the platform's coupon, and one of them late */
	PLACE(AT(10, 10), "o3", "tania", ITEM("aurora", "atlas", "1") "," ITEM("casa", "lamp", "1"),
          FREIGHT("aurora", "14.00") "," FREIGHT("casa", "19.90"),
          ",'discounts':[{'funder':'platform','amount':" BRL("10.00") ",'code':'HELLO'}]",
          "Tania orders an atlas and a lamp, with the platform's coupon of 10.00"),
	PAY(AT(10, 11), "o3", "tania", "card", NULL),
	/* a declined card */
	PLACE(AT(10, 20), "o4", "ugo", ITEM("benfica", "radio", "1"), FREIGHT("benfica", "22.00"), "",
          "Ugo orders a radio"),
	PAY(AT(10, 21), "o4", "ugo", "card:declined", "Ugo's card is declined"),
	PAY(AT(10, 25), "o4", "ugo", "card", "Ugo pays with another card"),
	/* the provider doesn't answer; a query finds the money */
	PLACE(AT(10, 30), "o5", "vera", ITEM("dona", "vase", "2"), FREIGHT("dona", "9.90"), "",
          "Vera orders two vases"),
	PAY(AT(10, 31), "o5", "vera", "card:unknown", "Vera pays; the provider doesn't answer"),
	/* never confirmed by the buyer */
	PLACE(AT(10, 35), "o6", "wanda", ITEM("benfica", "headphones", "1"),
          FREIGHT("benfica", "15.00"), "", "Wanda orders headphones"),
	PAY(AT(10, 36), "o6", "wanda", "card:out_of_order", NULL),
	/* paid an hour later */
	PLACE(AT(10, 45), "o7", "xavier", ITEM("aurora", "novel", "1"), FREIGHT("aurora", "8.00"), "",
          "Xavier orders a novel"),
	PAY(AT(10, 46), "o7", "xavier", "card:delayed", NULL),
	/* never paid */
	PLACE(AT(10, 50), "o8", "yara", ITEM("dona", "vase", "1"), FREIGHT("dona", "9.90"), "",
          "Yara orders a vase and never pays"),
	/* never shipped */
	PLACE(AT(10, 55), "o9", "zeca", ITEM("elmo", "train", "1"), FREIGHT("elmo", "18.00"), "",
          "Zeca orders a train, which Elmo Toys never ships"),
	PAY(AT(10, 56), "o9", "zeca", "card", NULL),
	/* three vases, one of them broken */
	PLACE(AT(11, 0), "o10", "alma", ITEM("dona", "vase", "3"), FREIGHT("dona", "9.90"), "",
          "Alma orders three vases"),
	PAY(AT(11, 1), "o10", "alma", "card:duplicate", NULL),
	/* brought by an affiliate */
	PLACE(AT(11, 5), "o11", "bruno",
          "{'sku':'ref:benfica/radio','quantity':1,'affiliate':'radio-blog'}",
          FREIGHT("benfica", "22.00"), "", "Bruno orders a radio that a blog told him of"),
	PAY(AT(11, 6), "o11", "bruno", "card:authorise", NULL),

	SHIP(AT(11, 30), "o1", "0", "aurora", "Aurora Books ships Rosa's novels"),
	SHIP(AT(11, 31), "o3", "0", "aurora", NULL),
	SHIP(AT(11, 40), "o4", "0", "benfica", NULL),
	SHIP(AT(11, 41), "o6", "0", "benfica", "Benfica Audio ships Wanda's headphones"),
	SHIP(AT(11, 50), "o5", "0", "dona", NULL),
	SHIP(AT(12, 0), "o10", "0", "dona", NULL),
	SHIP(AT(12, 10), "o11", "0", "benfica", NULL),
	SHIP(AT(12, 20), "o7", "0", "aurora", NULL),
	DELIVER(AT(13, 0), "o1", "0", NULL),
	CONFIRM(AT(13, 5), "o1", "0", "rosa", "Rosa has her novels and confirms"),
	RATE(AT(13, 6), "o1", "0", "rosa", "5", "Rosa rates Aurora Books: 5"),
	{AT(13, 20), OPERATOR, "refund.create",
     "{'order':'$o10.orders.0.id','reason':'broken',"
     "'items':[{'line':'$o10.orders.0.lines.0.id','quantity':1}]}", NULL,
     "one of Alma's vases is broken: refunded before the release"},
	CONFIRM(AT(13, 40), "o10", "0", "alma", NULL),
	CONFIRM(AT(13, 45), "o4", "0", "ugo", NULL),
	CONFIRM(AT(13, 50), "o5", "0", "vera", NULL),
	CONFIRM(AT(14, 0), "o11", "0", "bruno", NULL),
	CONFIRM(AT(14, 5), "o3", "0", "tania", NULL),
	/* later than two hours */
	SHIP(AT(15, 30), "o3", "1", "casa", "Casa Verde ships Tania's lamp, late"),
	{AT(16, 0), NULL, NULL, NULL, NULL, "Wanda says nothing: her order confirms itself"},
	{AT(17, 10), NULL, NULL, NULL, NULL, "Zeca's order was cancelled by itself and refunded"},
	CONFIRM(AT(17, 30), "o3", "1", "tania", NULL),
	RATE(AT(17, 31), "o3", "1", "tania", "2", "Tania rates Casa Verde: 2"),
	{AT(24, 10), NULL, NULL, NULL, NULL, "midnight has passed: what had matured was paid out"},
	{AT(27, 0), OPERATOR, "refund.create",
     "{'order':'$o1.orders.0.id','reason':'quality',"
     "'items':[{'line':'$o1.orders.0.lines.0.id','quantity':1}]}", NULL,
     "one of Rosa's novels lacks pages: refunded after the payout"},
	PLACE(AT(30, 0), "o12", "clara", ITEM("aurora", "atlas", "1"), FREIGHT("aurora", "14.00"), "",
          "Clara orders an atlas"),
	PAY(AT(30, 1), "o12", "clara", "card", NULL),
	PLACE(AT(30, 10), "o13", "rosa", ITEM("casa", "lamp", "2"), FREIGHT("casa", "24.90"), "",
          "Rosa orders two lamps"),
	PAY(AT(30, 11), "o13", "rosa", "card", NULL),
	SHIP(AT(31, 0), "o13", "0", "casa", "Casa Verde ships Rosa's lamps"),
};
const size_t demo_step_count = sizeof(demo_steps) / sizeof(demo_steps[0]);
