-- The simulator's tables. Times of the API's own objects are Unix seconds, as it writes them.
create table if not exists play (seed integer not null, start text not null, market text not null,
    orders integer not null, days integer not null, mails integer not null, webhooks integer not null,
    clock integer not null);

create table if not exists orders (order_no text primary key, shop text not null, status text not null,
    create_time integer not null, update_time integer not null, paid_time integer, rts_time integer,
    collection_time integer, delivery_time integer, cancel_time integer, request_cancel_time integer,
    cancel_reason text, cancel_by text, cancel_open integer not null default 0);
create index if not exists orders_updated on orders (shop, update_time, order_no);
create index if not exists orders_created on orders (shop, create_time, order_no);

create table if not exists package (package_id text primary key, order_no text not null, shop text not null,
    status text not null, sub_status text not null, create_time integer not null, update_time integer not null,
    lines text not null, tracking_no text not null default '', provider_id text not null default '',
    exception text, handover_method text, slot_start integer, slot_end integer, label_time integer);
create index if not exists package_order on package (order_no);
create index if not exists package_updated on package (shop, update_time, package_id);
create index if not exists package_tracking on package (tracking_no);

create table if not exists cancellation (cancel_id text primary key, order_no text not null, shop text not null,
    cancel_type text not null, status text not null, role text not null, reason text not null,
    create_time integer not null, update_time integer not null, deadline integer, lines text not null);
create index if not exists cancellation_order on cancellation (order_no);
create index if not exists cancellation_updated on cancellation (shop, update_time, cancel_id);

create table if not exists return_order (return_id text primary key, order_no text not null, shop text not null,
    return_type text not null, status text not null, role text not null, reason text not null,
    create_time integer not null, update_time integer not null, deadline integer, action text not null);
create index if not exists return_of on return_order (order_no);
create index if not exists return_updated on return_order (shop, update_time, return_id);

create table if not exists stock (shop text not null, sku text not null, pieces integer not null,
    primary key (shop, sku));

create table if not exists event (id integer primary key, at text not null, order_no text not null,
    kind text not null, detail text not null, state text not null default 'pending');
create index if not exists event_due on event (state, at, order_no, kind, detail);
create index if not exists event_of on event (order_no, kind, state);

create table if not exists mail (id integer primary key, at text not null, order_no text not null,
    kind text not null, sha256 text not null, genuine integer not null, readable integer not null);
create table if not exists scan (order_no text not null, at text not null, kind text not null,
    attempt integer, unique (order_no, at, kind));
create table if not exists fault (id integer primary key, order_no text not null, effect text not null,
    mode text not null, remaining integer);
create index if not exists fault_of on fault (order_no, effect);

create table if not exists click (order_no text not null, kind text not null, primary key (order_no, kind));

-- Over HTTP: consents, tokens, what was written by which call, messages (never their text), webhooks.
create table if not exists consent (code text primary key, created integer not null, used integer not null default 0);
create table if not exists grant_token (access text primary key, access_expires integer not null,
    refresh text not null unique, refresh_expires integer not null, scopes text not null, parent text);
create table if not exists deed (id integer primary key, at integer not null, shop text not null,
    endpoint text not null, subject text not null, order_no text not null, key text not null,
    applied integer not null, code integer not null);
create index if not exists deed_of on deed (endpoint, subject);
create index if not exists deed_order on deed (order_no);
create table if not exists sent_message (message_id text primary key, conversation_id text not null,
    content text not null, at integer not null);
create table if not exists webhook (id integer primary key, at integer not null, body text not null,
    tries integer not null, status integer not null);
