-- Made by the code of commit e51dc7c, version 0001 of the tables: orders of every stage, mails, failed steps.
SET check_function_bodies = false;
SET row_security = off;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert (
    dedup_key character varying NOT NULL,
    shop_id character varying,
    order_no character varying,
    rule character varying NOT NULL,
    about character varying NOT NULL,
    level integer NOT NULL,
    critical boolean NOT NULL,
    text_key character varying NOT NULL,
    "values" json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone,
    sent_at timestamp with time zone,
    attempts integer NOT NULL,
    suppressed boolean NOT NULL,
    acknowledged_by character varying
);
CREATE TABLE public.audit (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying NOT NULL,
    action character varying NOT NULL,
    order_id character varying,
    before json NOT NULL,
    after json NOT NULL,
    reason character varying
);
CREATE SEQUENCE public.audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.case_file (
    order_id character varying NOT NULL,
    case_id character varying NOT NULL,
    kind character varying NOT NULL,
    open boolean NOT NULL,
    reason character varying,
    steps_done json NOT NULL,
    next_step character varying,
    waiting boolean NOT NULL,
    outcome character varying,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone
);
CREATE TABLE public.deadline (
    order_id character varying NOT NULL,
    rule character varying NOT NULL,
    about character varying NOT NULL,
    state character varying NOT NULL,
    start_at timestamp with time zone,
    due_at timestamp with time zone,
    warn_level integer NOT NULL,
    stated boolean NOT NULL,
    breached_at timestamp with time zone,
    met_at timestamp with time zone,
    detected_at timestamp with time zone,
    withdrawn boolean NOT NULL,
    fault character varying NOT NULL,
    policy character varying NOT NULL
);
CREATE TABLE public.evidence (
    shop_id character varying NOT NULL,
    kind character varying NOT NULL,
    first_seen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.fact (
    order_id character varying NOT NULL,
    source_key character varying NOT NULL,
    kind character varying NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    authority character varying NOT NULL,
    estimated boolean NOT NULL,
    source character varying NOT NULL,
    payload json NOT NULL
);
CREATE TABLE public.folder (
    mailbox character varying NOT NULL,
    folder character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    mark bigint NOT NULL,
    uidnext bigint NOT NULL,
    messages integer NOT NULL
);
CREATE TABLE public.mailbox (
    name character varying NOT NULL,
    last_poll_at timestamp with time zone,
    last_ok_at timestamp with time zone,
    last_error character varying,
    refused_logins integer NOT NULL,
    refused_with character varying,
    lease_by character varying,
    lease_until timestamp with time zone
);
CREATE TABLE public.message (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    folder character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    raw_hash character varying,
    size integer NOT NULL,
    outcome character varying NOT NULL,
    reason character varying,
    detail character varying NOT NULL,
    kind character varying,
    shop_id character varying,
    order_nos json NOT NULL,
    sent_at timestamp with time zone,
    seen_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    attempts integer NOT NULL,
    reader_version character varying NOT NULL
);
CREATE SEQUENCE public.message_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_id_seq OWNED BY public.message.id;
CREATE TABLE public.meta (
    key character varying NOT NULL,
    value character varying NOT NULL
);
CREATE TABLE public.orders (
    id character varying NOT NULL,
    shop_id character varying NOT NULL,
    order_no character varying NOT NULL,
    stage character varying NOT NULL,
    rank integer NOT NULL,
    authority character varying NOT NULL,
    presumed boolean NOT NULL,
    terminal boolean NOT NULL,
    placed_at timestamp with time zone,
    promised_at timestamp with time zone,
    late_since timestamp with time zone,
    handover_mode character varying NOT NULL,
    shipping_mode character varying NOT NULL,
    failed_attempts integer NOT NULL,
    cancel_reason character varying,
    cancel_actor character varying,
    carrier character varying,
    tracking_no character varying,
    holds json NOT NULL,
    flags json NOT NULL,
    conflicts json NOT NULL,
    items json NOT NULL,
    milestones json NOT NULL,
    next_due_at timestamp with time zone,
    next_due_rule character varying,
    next_check_at timestamp with time zone,
    policy character varying NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sealed_mail (
    message_id integer NOT NULL,
    ciphertext bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.step (
    order_id character varying NOT NULL,
    step character varying NOT NULL,
    status character varying NOT NULL,
    outcome character varying,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone,
    first_failed_at timestamp with time zone,
    lease_by character varying,
    lease_until timestamp with time zone,
    error_code character varying,
    flow_run_id character varying,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.step_attempt (
    id integer NOT NULL,
    order_id character varying NOT NULL,
    step character varying NOT NULL,
    started_at timestamp with time zone NOT NULL,
    result character varying NOT NULL,
    error_code character varying,
    flow_run_id character varying,
    by character varying NOT NULL
);
CREATE SEQUENCE public.step_attempt_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.step_attempt_id_seq OWNED BY public.step_attempt.id;
CREATE TABLE public.virtual_clock (
    id integer NOT NULL,
    now timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.virtual_clock_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.virtual_clock_id_seq OWNED BY public.virtual_clock.id;
CREATE TABLE public.work_item (
    order_id character varying NOT NULL,
    kind character varying NOT NULL,
    about character varying NOT NULL,
    rule character varying,
    case_id character varying,
    command character varying,
    due_at timestamp with time zone,
    priority integer NOT NULL,
    since timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.message ALTER COLUMN id SET DEFAULT nextval('public.message_id_seq'::regclass);
ALTER TABLE ONLY public.step_attempt ALTER COLUMN id SET DEFAULT nextval('public.step_attempt_id_seq'::regclass);
ALTER TABLE ONLY public.virtual_clock ALTER COLUMN id SET DEFAULT nextval('public.virtual_clock_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.alert VALUES ('ord_330df5b1c4a50adcdf36|D01||1', 'Lotus Lane Home', '577094156662650001', 'D01', '', 1, false, 'warned', '{"due_at": "2026-03-18T10:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_3bad573926ff9c9d378c|D01||10', 'Lotus Lane Home', '577094156662650002', 'D01', '', 10, false, 'breached', '{"due_at": "2026-03-16T06:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_3bad573926ff9c9d378c|D02||10', 'Lotus Lane Home', '577094156662650002', 'D02', '', 10, true, 'breached', '{"due_at": "2026-03-18T00:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_aa24a1b8618e2526cce3|D02||1', 'Lotus Lane Home', '577094156662650003', 'D02', '', 1, false, 'warned', '{"due_at": "2026-03-19T16:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_5055a496d712ee8c3e52|D02||3', 'Lotus Lane Home', '577094156662650004', 'D02', '', 3, false, 'warned', '{"due_at": "2026-03-18T12:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_247e4e4a38ee455d57c2|D08|2026-03-17T06:00+00:00|1', 'Lotus Lane Home', '577094156662650005', 'D08', '2026-03-17T06:00+00:00', 1, false, 'warned', '{"due_at": "2026-03-19T06:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_12572a7a9668afe7aeee|X05||0', 'Lotus Lane Home', '577094156662650012', 'X05', '', 0, true, 'conflict.X05', '{}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_ab4c50fe510b3c9374b9|D04||10', 'Lotus Lane Home', '577094156662650013', 'D04', '', 10, true, 'breached', '{"due_at": "2026-03-17T20:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_ab4c50fe510b3c9374b9|D05||2', 'Lotus Lane Home', '577094156662650013', 'D05', '', 2, false, 'warned', '{"due_at": "2026-03-18T08:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_77011def4243bf7623e1|D01||10', 'Lotus Lane Home', '577094156662650015', 'D01', '', 10, false, 'breached', '{"due_at": "2026-03-18T06:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.alert VALUES ('ord_086871afc91c359e5890|D01||10', 'Lotus Lane Home', '577094156662650016', 'D01', '', 10, false, 'breached', '{"due_at": "2026-03-18T06:00:00+00:00"}', '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07', NULL, 0, false, NULL);
INSERT INTO public.audit VALUES (1, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_3bad573926ff9c9d378c', '{}', '{"rule": "D01", "state": "BREACHED"}', NULL);
INSERT INTO public.audit VALUES (2, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_3bad573926ff9c9d378c', '{}', '{"rule": "D02", "state": "BREACHED"}', NULL);
INSERT INTO public.audit VALUES (3, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_82650d0033a327ebb36a', '{}', '{"rule": "D01", "state": "MET_LATE"}', NULL);
INSERT INTO public.audit VALUES (4, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_11ff19039ed56e7d1834', '{}', '{"rule": "D01", "state": "MET_LATE"}', NULL);
INSERT INTO public.audit VALUES (5, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_3dfd823fc86080b690c0', '{}', '{"rule": "D01", "state": "MET_LATE"}', NULL);
INSERT INTO public.audit VALUES (6, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_3dfd823fc86080b690c0', '{}', '{"rule": "D17", "state": "MET_LATE"}', NULL);
INSERT INTO public.audit VALUES (7, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_12572a7a9668afe7aeee', '{}', '{"rule": "D01", "state": "MET_LATE"}', NULL);
INSERT INTO public.audit VALUES (8, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_ab4c50fe510b3c9374b9', '{}', '{"rule": "D04", "state": "BREACHED"}', NULL);
INSERT INTO public.audit VALUES (9, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_77011def4243bf7623e1', '{}', '{"rule": "D01", "state": "BREACHED"}', NULL);
INSERT INTO public.audit VALUES (10, '2026-03-18 15:00:00+07', 'shipclock', 'breach recorded', 'ord_086871afc91c359e5890', '{}', '{"rule": "D01", "state": "BREACHED"}', NULL);
INSERT INTO public.case_file VALUES ('ord_247e4e4a38ee455d57c2', 'cancel_request:2026-03-17T06:00+00:00', 'cancel_request', true, NULL, '[]', 'answer', false, NULL, '2026-03-17 13:00:00+07', NULL);
INSERT INTO public.case_file VALUES ('ord_ab4c50fe510b3c9374b9', 'carrier_complaint', 'carrier_complaint', true, NULL, '[]', 'complain', false, NULL, '2026-03-18 03:00:00+07', NULL);
INSERT INTO public.deadline VALUES ('ord_330df5b1c4a50adcdf36', 'D01', '', 'WARNED', '2026-03-18 13:00:00+07', '2026-03-18 17:00:00+07', 1, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_330df5b1c4a50adcdf36', 'D02', '', 'RUNNING', '2026-03-18 13:00:00+07', '2026-03-21 13:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_3bad573926ff9c9d378c', 'D01', '', 'BREACHED', '2026-03-15 07:00:00+07', '2026-03-16 13:00:00+07', 2, false, '2026-03-16 13:00:00+07', NULL, '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_3bad573926ff9c9d378c', 'D02', '', 'BREACHED', '2026-03-15 07:00:00+07', '2026-03-18 07:00:00+07', 4, false, '2026-03-18 07:00:00+07', NULL, '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_aa24a1b8618e2526cce3', 'D01', '', 'MET', '2026-03-16 23:00:00+07', '2026-03-17 13:00:00+07', 0, false, NULL, '2026-03-17 01:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_aa24a1b8618e2526cce3', 'D02', '', 'WARNED', '2026-03-16 23:00:00+07', '2026-03-19 23:00:00+07', 1, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_aa24a1b8618e2526cce3', 'D03', '', 'RUNNING', '2026-03-17 01:00:00+07', '2026-03-19 11:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5055a496d712ee8c3e52', 'D01', '', 'MET', '2026-03-15 19:00:00+07', '2026-03-16 13:00:00+07', 0, false, NULL, '2026-03-16 03:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5055a496d712ee8c3e52', 'D02', '', 'WARNED', '2026-03-15 19:00:00+07', '2026-03-18 19:00:00+07', 3, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5055a496d712ee8c3e52', 'D03', '', 'MET', '2026-03-16 03:00:00+07', '2026-03-18 07:00:00+07', 0, false, NULL, '2026-03-16 13:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_247e4e4a38ee455d57c2', 'D01', '', 'PAUSED', '2026-03-17 09:00:00+07', '2026-03-17 13:00:00+07', 2, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_247e4e4a38ee455d57c2', 'D02', '', 'RUNNING', '2026-03-17 09:00:00+07', '2026-03-20 09:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_247e4e4a38ee455d57c2', 'D08', '2026-03-17T06:00+00:00', 'WARNED', '2026-03-17 13:00:00+07', '2026-03-19 13:00:00+07', 1, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_82650d0033a327ebb36a', 'D01', '', 'MET_LATE', '2026-03-16 23:00:00+07', '2026-03-17 13:00:00+07', 2, false, '2026-03-17 13:00:00+07', '2026-03-17 19:00:00+07', '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_82650d0033a327ebb36a', 'D02', '', 'MET', '2026-03-16 23:00:00+07', '2026-03-19 23:00:00+07', 0, false, NULL, '2026-03-18 05:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_82650d0033a327ebb36a', 'D03', '', 'MET', '2026-03-17 19:00:00+07', '2026-03-19 11:00:00+07', 0, false, NULL, '2026-03-17 19:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_82650d0033a327ebb36a', 'D04', '', 'RUNNING', '2026-03-18 05:00:00+07', '2026-03-20 05:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_82650d0033a327ebb36a', 'D10', '', 'RUNNING', '2026-03-18 05:00:00+07', '2026-04-01 05:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D01', '', 'MET', '2026-03-14 21:00:00+07', '2026-03-16 13:00:00+07', 0, false, NULL, '2026-03-16 03:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D02', '', 'MET', '2026-03-14 21:00:00+07', '2026-03-17 21:00:00+07', 0, false, NULL, '2026-03-16 03:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D03', '', 'MET', '2026-03-16 03:00:00+07', '2026-03-17 09:00:00+07', 0, false, NULL, '2026-03-16 03:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D04', '', 'MET', '2026-03-16 03:00:00+07', '2026-03-18 03:00:00+07', 1, false, NULL, '2026-03-17 09:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D10', '', 'RUNNING', '2026-03-16 03:00:00+07', '2026-03-30 03:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_5ec6c2088fbd4e753d30', 'D17', '', 'RUNNING', '2026-03-17 09:00:00+07', '2026-03-20 09:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D01', '', 'MET_LATE', '2026-03-10 07:00:00+07', '2026-03-10 13:00:00+07', 2, false, '2026-03-10 13:00:00+07', '2026-03-11 13:00:00+07', '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D02', '', 'MET', '2026-03-10 07:00:00+07', '2026-03-13 07:00:00+07', 0, false, NULL, '2026-03-11 13:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D03', '', 'MET', '2026-03-11 13:00:00+07', '2026-03-12 19:00:00+07', 0, false, NULL, '2026-03-11 13:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D04', '', 'MET', '2026-03-11 13:00:00+07', '2026-03-13 13:00:00+07', 0, false, NULL, '2026-03-11 23:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D10', '', 'MET', '2026-03-11 13:00:00+07', '2026-03-25 13:00:00+07', 0, false, NULL, '2026-03-14 11:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D17', '', 'MET', '2026-03-11 23:00:00+07', '2026-03-14 23:00:00+07', 0, false, NULL, '2026-03-14 11:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_11ff19039ed56e7d1834', 'D18', '', 'RUNNING', '2026-03-14 11:00:00+07', '2026-03-28 11:00:00+07', 0, false, NULL, NULL, NULL, false, 'nobody', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D01', '', 'MET_LATE', '2026-02-17 11:00:00+07', '2026-02-17 15:00:00+07', 2, false, '2026-02-17 15:00:00+07', '2026-02-19 13:00:00+07', '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D02', '', 'MET', '2026-02-17 11:00:00+07', '2026-02-20 11:00:00+07', 2, false, NULL, '2026-02-19 13:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D03', '', 'MET', '2026-02-19 13:00:00+07', '2026-02-19 23:00:00+07', 0, false, NULL, '2026-02-19 13:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D04', '', 'MET', '2026-02-19 13:00:00+07', '2026-02-21 13:00:00+07', 0, false, NULL, '2026-02-19 23:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D10', '', 'MET', '2026-02-19 13:00:00+07', '2026-03-05 13:00:00+07', 0, false, NULL, '2026-02-25 19:00:00+07', NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D17', '', 'MET_LATE', '2026-02-19 23:00:00+07', '2026-02-22 23:00:00+07', 0, false, '2026-02-22 23:00:00+07', '2026-02-25 19:00:00+07', '2026-03-18 15:00:00+07', false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_3dfd823fc86080b690c0', 'D18', '', 'MET', '2026-02-25 19:00:00+07', '2026-03-11 19:00:00+07', 0, false, NULL, '2026-03-11 19:00:00+07', NULL, false, 'nobody', 'article');
INSERT INTO public.deadline VALUES ('ord_7e0790f2049a945ae4f9', 'D01', '', 'VOID', '2026-03-16 03:00:00+07', '2026-03-16 13:00:00+07', 2, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_7e0790f2049a945ae4f9', 'D02', '', 'VOID', '2026-03-16 03:00:00+07', '2026-03-19 03:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_89b97c9e243f1d9e29b5', 'D09', '', 'VOID', '2026-03-16 14:00:00+07', '2026-03-18 14:00:00+07', 0, false, NULL, NULL, NULL, false, 'nobody', 'article');
INSERT INTO public.deadline VALUES ('ord_12572a7a9668afe7aeee', 'D01', '', 'MET_LATE', '2026-03-16 03:00:00+07', '2026-03-16 13:00:00+07', 2, false, '2026-03-16 13:00:00+07', '2026-03-17 19:00:00+07', '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_12572a7a9668afe7aeee', 'D02', '', 'VOID', '2026-03-16 03:00:00+07', '2026-03-19 03:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_12572a7a9668afe7aeee', 'D03', '', 'VOID', '2026-03-17 19:00:00+07', '2026-03-18 15:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_12572a7a9668afe7aeee', 'D04', '', 'VOID', '2026-03-17 19:00:00+07', '2026-03-19 19:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_12572a7a9668afe7aeee', 'D10', '', 'VOID', '2026-03-17 19:00:00+07', '2026-03-31 19:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D01', '', 'MET', '2026-03-14 21:00:00+07', '2026-03-16 13:00:00+07', 0, false, NULL, '2026-03-15 17:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D02', '', 'MET', '2026-03-14 21:00:00+07', '2026-03-17 21:00:00+07', 0, false, NULL, '2026-03-16 03:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D03', '', 'MET', '2026-03-15 17:00:00+07', '2026-03-17 09:00:00+07', 0, false, NULL, '2026-03-15 17:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D04', '', 'BREACHED', '2026-03-16 03:00:00+07', '2026-03-18 03:00:00+07', 2, false, '2026-03-18 03:00:00+07', NULL, '2026-03-18 15:00:00+07', false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D05', '', 'WARNED', '2026-03-18 03:00:00+07', '2026-03-18 15:00:00+07', 2, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ab4c50fe510b3c9374b9', 'D10', '', 'RUNNING', '2026-03-16 03:00:00+07', '2026-03-30 03:00:00+07', 0, false, NULL, NULL, NULL, false, 'carrier', 'article');
INSERT INTO public.deadline VALUES ('ord_ccd625d026fcf6b514cd', 'D01', '', 'MET', '2026-03-17 19:00:00+07', '2026-03-18 13:00:00+07', 0, false, NULL, '2026-03-17 21:00:00+07', NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ccd625d026fcf6b514cd', 'D02', '', 'RUNNING', '2026-03-17 19:00:00+07', '2026-03-20 19:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_ccd625d026fcf6b514cd', 'D03', '', 'RUNNING', '2026-03-17 21:00:00+07', '2026-03-20 07:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_77011def4243bf7623e1', 'D01', '', 'BREACHED', '2026-03-18 05:00:00+07', '2026-03-18 13:00:00+07', 2, false, '2026-03-18 13:00:00+07', NULL, '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_77011def4243bf7623e1', 'D02', '', 'RUNNING', '2026-03-18 05:00:00+07', '2026-03-21 05:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_086871afc91c359e5890', 'D01', '', 'BREACHED', '2026-03-18 09:00:00+07', '2026-03-18 13:00:00+07', 2, false, '2026-03-18 13:00:00+07', NULL, '2026-03-18 15:00:00+07', false, 'shop', 'article');
INSERT INTO public.deadline VALUES ('ord_086871afc91c359e5890', 'D02', '', 'RUNNING', '2026-03-18 09:00:00+07', '2026-03-21 09:00:00+07', 0, false, NULL, NULL, NULL, false, 'shop', 'article');
INSERT INTO public.evidence VALUES ('Lotus Lane Home', 'in_transit', '2026-03-17 09:00:00+07');
INSERT INTO public.evidence VALUES ('Lotus Lane Home', 'delivered', '2026-03-14 11:00:00+07');
INSERT INTO public.evidence VALUES ('Lotus Lane Home', 'picked_up', '2026-03-11 23:00:00+07');
INSERT INTO public.fact VALUES ('ord_330df5b1c4a50adcdf36', 'seed:1:order_placed', 'order_placed', '2026-03-18 13:00:00+07', '2026-03-18 13:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_330df5b1c4a50adcdf36', 'seed:1:order_paid', 'order_paid', '2026-03-18 13:00:00+07', '2026-03-18 13:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_3bad573926ff9c9d378c', 'seed:2:order_placed', 'order_placed', '2026-03-15 07:00:00+07', '2026-03-15 07:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_3bad573926ff9c9d378c', 'seed:2:order_paid', 'order_paid', '2026-03-15 07:00:00+07', '2026-03-15 07:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_aa24a1b8618e2526cce3', 'seed:3:order_placed', 'order_placed', '2026-03-16 23:00:00+07', '2026-03-16 23:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_aa24a1b8618e2526cce3', 'seed:3:order_paid', 'order_paid', '2026-03-16 23:00:00+07', '2026-03-16 23:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_aa24a1b8618e2526cce3', 'seed:3:stock_confirmed', 'stock_confirmed', '2026-03-17 01:00:00+07', '2026-03-17 01:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_5055a496d712ee8c3e52', 'seed:4:order_placed', 'order_placed', '2026-03-15 19:00:00+07', '2026-03-15 19:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_5055a496d712ee8c3e52', 'seed:4:order_paid', 'order_paid', '2026-03-15 19:00:00+07', '2026-03-15 19:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_5055a496d712ee8c3e52', 'seed:4:stock_confirmed', 'stock_confirmed', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_5055a496d712ee8c3e52', 'seed:4:packed', 'packed', '2026-03-16 13:00:00+07', '2026-03-16 13:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_247e4e4a38ee455d57c2', 'seed:5:order_placed', 'order_placed', '2026-03-17 09:00:00+07', '2026-03-17 09:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_247e4e4a38ee455d57c2', 'seed:5:order_paid', 'order_paid', '2026-03-17 09:00:00+07', '2026-03-17 09:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_247e4e4a38ee455d57c2', 'seed:5:cancel_requested', 'cancel_requested', '2026-03-17 13:00:00+07', '2026-03-17 13:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_82650d0033a327ebb36a', 'seed:6:order_placed', 'order_placed', '2026-03-16 23:00:00+07', '2026-03-16 23:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_82650d0033a327ebb36a', 'seed:6:order_paid', 'order_paid', '2026-03-16 23:00:00+07', '2026-03-16 23:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_82650d0033a327ebb36a', 'seed:6:packed', 'packed', '2026-03-17 19:00:00+07', '2026-03-17 19:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_82650d0033a327ebb36a', 'seed:6:marked_shipped', 'marked_shipped', '2026-03-18 05:00:00+07', '2026-03-18 05:00:00+07', 'platform', false, 'mail', '{"carrier": "J&T Express", "tracking_no": "JT0012"}');
INSERT INTO public.fact VALUES ('ord_5ec6c2088fbd4e753d30', 'seed:7:order_placed', 'order_placed', '2026-03-14 21:00:00+07', '2026-03-14 21:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_5ec6c2088fbd4e753d30', 'seed:7:order_paid', 'order_paid', '2026-03-14 21:00:00+07', '2026-03-14 21:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_5ec6c2088fbd4e753d30', 'seed:7:marked_shipped', 'marked_shipped', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{"carrier": "GHN"}');
INSERT INTO public.fact VALUES ('ord_5ec6c2088fbd4e753d30', 'seed:7:in_transit', 'in_transit', '2026-03-17 09:00:00+07', '2026-03-17 09:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_11ff19039ed56e7d1834', 'seed:8:order_placed', 'order_placed', '2026-03-10 07:00:00+07', '2026-03-10 07:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_11ff19039ed56e7d1834', 'seed:8:order_paid', 'order_paid', '2026-03-10 07:00:00+07', '2026-03-10 07:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_11ff19039ed56e7d1834', 'seed:8:marked_shipped', 'marked_shipped', '2026-03-11 13:00:00+07', '2026-03-11 13:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_11ff19039ed56e7d1834', 'seed:8:picked_up', 'picked_up', '2026-03-11 23:00:00+07', '2026-03-11 23:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_11ff19039ed56e7d1834', 'seed:8:delivered', 'delivered', '2026-03-14 11:00:00+07', '2026-03-14 11:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_3dfd823fc86080b690c0', 'seed:9:order_placed', 'order_placed', '2026-02-17 11:00:00+07', '2026-02-17 11:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_3dfd823fc86080b690c0', 'seed:9:order_paid', 'order_paid', '2026-02-17 11:00:00+07', '2026-02-17 11:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_3dfd823fc86080b690c0', 'seed:9:marked_shipped', 'marked_shipped', '2026-02-19 13:00:00+07', '2026-02-19 13:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_3dfd823fc86080b690c0', 'seed:9:picked_up', 'picked_up', '2026-02-19 23:00:00+07', '2026-02-19 23:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_3dfd823fc86080b690c0', 'seed:9:delivered', 'delivered', '2026-02-25 19:00:00+07', '2026-02-25 19:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_7e0790f2049a945ae4f9', 'seed:10:order_placed', 'order_placed', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_7e0790f2049a945ae4f9', 'seed:10:order_paid', 'order_paid', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_7e0790f2049a945ae4f9', 'seed:10:cancelled', 'cancelled', '2026-03-16 13:00:00+07', '2026-03-16 13:00:00+07', 'platform', false, 'mail', '{"actor": "buyer", "reason_code": "agreed"}');
INSERT INTO public.fact VALUES ('ord_89b97c9e243f1d9e29b5', 'seed:11:order_placed', 'order_placed', '2026-03-16 14:00:00+07', '2026-03-16 14:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_12572a7a9668afe7aeee', 'seed:12:order_placed', 'order_placed', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_12572a7a9668afe7aeee', 'seed:12:order_paid', 'order_paid', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_12572a7a9668afe7aeee', 'seed:12:cancelled', 'cancelled', '2026-03-17 09:00:00+07', '2026-03-17 09:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_12572a7a9668afe7aeee', 'seed:12:marked_shipped', 'marked_shipped', '2026-03-17 19:00:00+07', '2026-03-17 19:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_ab4c50fe510b3c9374b9', 'seed:13:order_placed', 'order_placed', '2026-03-14 21:00:00+07', '2026-03-14 21:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_ab4c50fe510b3c9374b9', 'seed:13:order_paid', 'order_paid', '2026-03-14 21:00:00+07', '2026-03-14 21:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_ab4c50fe510b3c9374b9', 'seed:13:packed', 'packed', '2026-03-15 17:00:00+07', '2026-03-15 17:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_ab4c50fe510b3c9374b9', 'seed:13:marked_shipped', 'marked_shipped', '2026-03-16 03:00:00+07', '2026-03-16 03:00:00+07', 'platform', false, 'mail', '{"carrier": "J&T Express", "tracking_no": "JT0012"}');
INSERT INTO public.fact VALUES ('ord_ccd625d026fcf6b514cd', 'seed:14:order_placed', 'order_placed', '2026-03-17 19:00:00+07', '2026-03-17 19:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_ccd625d026fcf6b514cd', 'seed:14:order_paid', 'order_paid', '2026-03-17 19:00:00+07', '2026-03-17 19:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_ccd625d026fcf6b514cd', 'seed:14:stock_confirmed', 'stock_confirmed', '2026-03-17 21:00:00+07', '2026-03-17 21:00:00+07', 'human', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_77011def4243bf7623e1', 'seed:15:order_placed', 'order_placed', '2026-03-18 05:00:00+07', '2026-03-18 05:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_77011def4243bf7623e1', 'seed:15:order_paid', 'order_paid', '2026-03-18 05:00:00+07', '2026-03-18 05:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.fact VALUES ('ord_086871afc91c359e5890', 'seed:16:order_placed', 'order_placed', '2026-03-18 09:00:00+07', '2026-03-18 09:00:00+07', 'platform', false, 'mail', '{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO public.fact VALUES ('ord_086871afc91c359e5890', 'seed:16:order_paid', 'order_paid', '2026-03-18 09:00:00+07', '2026-03-18 09:00:00+07', 'platform', false, 'mail', '{}');
INSERT INTO public.mailbox VALUES ('main', '2026-03-18 15:00:00+07', '2026-03-18 14:57:00+07', NULL, 0, NULL, NULL, NULL);
INSERT INTO public.message VALUES (1, 'main', 'INBOX', 1, 1, NULL, 0, 'quarantined', 'reader_failed', '', NULL, NULL, '["577094156662640001"]', '2026-03-18 14:00:00+07', '2026-03-18 14:00:00+07', NULL, 1, '1');
INSERT INTO public.message VALUES (2, 'main', 'INBOX', 1, 2, NULL, 0, 'quarantined', 'unknown_kind', '', NULL, NULL, '[]', '2026-03-18 13:00:00+07', '2026-03-18 13:00:00+07', NULL, 1, '1');
INSERT INTO public.message VALUES (3, 'main', 'INBOX', 1, 3, NULL, 0, 'quarantined', 'lookalike_sender', '', NULL, NULL, '["577094156662650001"]', '2026-03-18 12:00:00+07', '2026-03-18 12:00:00+07', NULL, 1, '1');
INSERT INTO public.message VALUES (100, 'main', 'INBOX', 1, 9, NULL, 0, 'parsed', NULL, '', 'new_order', NULL, '[]', NULL, '2026-03-18 15:00:00+07', NULL, 1, '');
INSERT INTO public.orders VALUES ('ord_330df5b1c4a50adcdf36', 'Lotus Lane Home', '577094156662650001', 'NEW', 10, 'platform', false, false, '2026-03-18 13:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-18T06:00:00+00:00", "order_placed": "2026-03-18T06:00:00+00:00"}', '2026-03-18 17:00:00+07', 'D01', '2026-03-18 16:12:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_3bad573926ff9c9d378c', 'Lotus Lane Home', '577094156662650002', 'NEW', 10, 'platform', false, false, '2026-03-15 07:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-15T00:00:00+00:00", "order_placed": "2026-03-15T00:00:00+00:00"}', '2026-03-16 13:00:00+07', 'D01', NULL, 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_aa24a1b8618e2526cce3', 'Lotus Lane Home', '577094156662650003', 'CONFIRMED', 20, 'human', false, false, '2026-03-16 23:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-16T16:00:00+00:00", "order_placed": "2026-03-16T16:00:00+00:00", "stock_confirmed": "2026-03-16T18:00:00+00:00"}', '2026-03-19 11:00:00+07', 'D03', '2026-03-18 23:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_5055a496d712ee8c3e52', 'Lotus Lane Home', '577094156662650004', 'PACKED', 30, 'human', false, false, '2026-03-15 19:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-15T12:00:00+00:00", "order_placed": "2026-03-15T12:00:00+00:00", "stock_confirmed": "2026-03-15T20:00:00+00:00", "packed": "2026-03-16T06:00:00+00:00"}', '2026-03-18 19:00:00+07', 'D02', '2026-03-18 18:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_247e4e4a38ee455d57c2', 'Lotus Lane Home', '577094156662650005', 'NEW', 10, 'platform', false, false, '2026-03-17 09:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '["cancel_requested"]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-17T02:00:00+00:00", "order_placed": "2026-03-17T02:00:00+00:00", "cancel_requested": "2026-03-17T06:00:00+00:00"}', '2026-03-19 13:00:00+07', 'D08', '2026-03-18 21:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_82650d0033a327ebb36a', 'Lotus Lane Home', '577094156662650006', 'AWAITING_HANDOVER', 40, 'platform', false, false, '2026-03-16 23:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, 'J&T Express', 'JT0012', '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-16T16:00:00+00:00", "order_placed": "2026-03-16T16:00:00+00:00", "packed": "2026-03-17T12:00:00+00:00", "marked_shipped": "2026-03-17T22:00:00+00:00", "stock_confirmed": null}', '2026-03-20 05:00:00+07', 'D04', '2026-03-19 05:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_5ec6c2088fbd4e753d30', 'Lotus Lane Home', '577094156662650007', 'IN_TRANSIT', 60, 'platform', false, false, '2026-03-14 21:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-14T14:00:00+00:00", "order_placed": "2026-03-14T14:00:00+00:00", "marked_shipped": "2026-03-15T20:00:00+00:00", "in_transit": "2026-03-17T02:00:00+00:00", "stock_confirmed": null, "packed": null}', '2026-03-30 03:00:00+07', 'D10', '2026-03-20 09:00:00.000001+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_11ff19039ed56e7d1834', 'Lotus Lane Home', '577094156662650008', 'DELIVERED', 80, 'platform', false, false, '2026-03-10 07:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-10T00:00:00+00:00", "order_placed": "2026-03-10T00:00:00+00:00", "marked_shipped": "2026-03-11T06:00:00+00:00", "picked_up": "2026-03-11T16:00:00+00:00", "delivered": "2026-03-14T04:00:00+00:00", "stock_confirmed": null, "packed": null, "in_transit": null}', '2026-03-28 11:00:00+07', 'D18', '2026-03-28 11:00:00.000001+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_3dfd823fc86080b690c0', 'Lotus Lane Home', '577094156662650009', 'COMPLETED', 90, 'timer', true, true, '2026-02-17 11:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-02-17T04:00:00+00:00", "order_placed": "2026-02-17T04:00:00+00:00", "marked_shipped": "2026-02-19T06:00:00+00:00", "picked_up": "2026-02-19T16:00:00+00:00", "delivered": "2026-02-25T12:00:00+00:00", "stock_confirmed": null, "packed": null, "in_transit": null}', NULL, NULL, NULL, 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_7e0790f2049a945ae4f9', 'Lotus Lane Home', '577094156662650010', 'CANCELLED', 100, 'platform', false, true, '2026-03-16 03:00:00+07', NULL, NULL, 'pickup', 'seller', 0, 'agreed', 'buyer', NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-15T20:00:00+00:00", "order_placed": "2026-03-15T20:00:00+00:00", "cancelled": "2026-03-16T06:00:00+00:00"}', NULL, NULL, NULL, 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_89b97c9e243f1d9e29b5', 'Lotus Lane Home', '577094156662650011', 'CANCELLED', 100, 'timer', true, true, '2026-03-16 14:00:00+07', NULL, NULL, 'pickup', 'seller', 0, 'unpaid', 'system', NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_placed": "2026-03-16T07:00:00+00:00"}', NULL, NULL, NULL, 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_12572a7a9668afe7aeee', 'Lotus Lane Home', '577094156662650012', 'CANCELLED', 100, 'platform', false, true, '2026-03-16 03:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, 'unknown', NULL, NULL, '[]', '[]', '["X05"]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-15T20:00:00+00:00", "order_placed": "2026-03-15T20:00:00+00:00", "cancelled": "2026-03-17T02:00:00+00:00", "marked_shipped": "2026-03-17T12:00:00+00:00", "stock_confirmed": null}', NULL, NULL, NULL, 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_ab4c50fe510b3c9374b9', 'Lotus Lane Home', '577094156662650013', 'AWAITING_HANDOVER', 40, 'platform', false, false, '2026-03-14 21:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, 'J&T Express', 'JT0012', '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-14T14:00:00+00:00", "order_placed": "2026-03-14T14:00:00+00:00", "packed": "2026-03-15T10:00:00+00:00", "marked_shipped": "2026-03-15T20:00:00+00:00", "stock_confirmed": null}', '2026-03-18 03:00:00+07', 'D04', '2026-03-18 15:00:00.000001+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_ccd625d026fcf6b514cd', 'Lotus Lane Home', '577094156662650014', 'CONFIRMED', 20, 'human', false, false, '2026-03-17 19:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-17T12:00:00+00:00", "order_placed": "2026-03-17T12:00:00+00:00", "stock_confirmed": "2026-03-17T14:00:00+00:00"}', '2026-03-20 07:00:00+07', 'D03', '2026-03-19 07:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_77011def4243bf7623e1', 'Lotus Lane Home', '577094156662650015', 'NEW', 10, 'platform', false, false, '2026-03-18 05:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-17T22:00:00+00:00", "order_placed": "2026-03-17T22:00:00+00:00"}', '2026-03-18 13:00:00+07', 'D01', '2026-03-19 17:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.orders VALUES ('ord_086871afc91c359e5890', 'Lotus Lane Home', '577094156662650016', 'NEW', 10, 'platform', false, false, '2026-03-18 09:00:00+07', NULL, NULL, 'pickup', 'seller', 0, NULL, NULL, NULL, NULL, '[]', '[]', '[]', '[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]', '{"order_paid": "2026-03-18T02:00:00+00:00", "order_placed": "2026-03-18T02:00:00+00:00"}', '2026-03-18 13:00:00+07', 'D01', '2026-03-19 21:00:00+07', 'article', 1, '2026-03-18 15:00:00+07', '2026-03-18 15:00:00+07');
INSERT INTO public.sealed_mail VALUES (1, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f', '2026-04-08 11:00:00+07');
INSERT INTO public.sealed_mail VALUES (3, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f', '2026-04-08 11:00:00+07');
INSERT INTO public.step VALUES ('ord_330df5b1c4a50adcdf36', 'confirm', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_3bad573926ff9c9d378c', 'confirm', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_aa24a1b8618e2526cce3', 'pack', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_5055a496d712ee8c3e52', 'hand_over', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_82650d0033a327ebb36a', 'track', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_5ec6c2088fbd4e753d30', 'track', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_ab4c50fe510b3c9374b9', 'track', 'queued', NULL, 0, '2026-03-18 15:00:00+07', NULL, NULL, NULL, NULL, NULL, '2026-03-18 15:00:00+07');
INSERT INTO public.step VALUES ('ord_ccd625d026fcf6b514cd', 'pack', 'dead', NULL, 3, NULL, NULL, NULL, NULL, 'unavailable', NULL, '2026-03-18 14:00:00+07');
INSERT INTO public.step VALUES ('ord_77011def4243bf7623e1', 'confirm', 'waiting', 'business_failure', 0, NULL, NULL, NULL, NULL, 'out_of_stock', NULL, '2026-03-18 14:00:00+07');
INSERT INTO public.step VALUES ('ord_086871afc91c359e5890', 'confirm', 'queued', NULL, 0, '2026-03-18 16:00:00+07', '2026-03-18 14:00:00+07', NULL, NULL, 'timeout', NULL, '2026-03-18 14:00:00+07');
INSERT INTO public.virtual_clock VALUES (1, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_330df5b1c4a50adcdf36', 'confirm', '', 'D01', NULL, 'confirm', '2026-03-18 17:00:00+07', 4, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_3bad573926ff9c9d378c', 'confirm', '', 'D02', NULL, 'confirm', '2026-03-18 07:00:00+07', 0, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_aa24a1b8618e2526cce3', 'pack', '', 'D03', NULL, 'mark_packed', '2026-03-19 11:00:00+07', 4, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_5055a496d712ee8c3e52', 'hand_over', '', 'D02', NULL, 'mark_shipped', '2026-03-18 19:00:00+07', 2, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_247e4e4a38ee455d57c2', 'answer_cancel', 'answer', 'D08', 'cancel_request:2026-03-17T06:00+00:00', 'approve_cancel', '2026-03-19 13:00:00+07', 1, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_12572a7a9668afe7aeee', 'recall_parcel', '', NULL, 'conflict:X05', 'close_case', NULL, 0, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_ab4c50fe510b3c9374b9', 'complain', 'complain', 'D05', 'carrier_complaint', 'file_complaint', '2026-03-18 15:00:00+07', 1, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_ccd625d026fcf6b514cd', 'pack', '', 'D03', NULL, 'mark_packed', '2026-03-20 07:00:00+07', 4, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_77011def4243bf7623e1', 'confirm', '', 'D02', NULL, 'confirm', '2026-03-21 05:00:00+07', 1, '2026-03-18 15:00:00+07');
INSERT INTO public.work_item VALUES ('ord_086871afc91c359e5890', 'confirm', '', 'D02', NULL, 'confirm', '2026-03-21 09:00:00+07', 1, '2026-03-18 15:00:00+07');
SELECT pg_catalog.setval('public.audit_id_seq', 10, true);
SELECT pg_catalog.setval('public.message_id_seq', 100, true);
SELECT pg_catalog.setval('public.step_attempt_id_seq', 1, false);
SELECT pg_catalog.setval('public.virtual_clock_id_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT pk_alert PRIMARY KEY (dedup_key);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT pk_case_file PRIMARY KEY (order_id, case_id);
ALTER TABLE ONLY public.deadline
    ADD CONSTRAINT pk_deadline PRIMARY KEY (order_id, rule, about);
ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT pk_evidence PRIMARY KEY (shop_id, kind);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT pk_fact PRIMARY KEY (order_id, source_key);
ALTER TABLE ONLY public.folder
    ADD CONSTRAINT pk_folder PRIMARY KEY (mailbox, folder);
ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT pk_mailbox PRIMARY KEY (name);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (id);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT pk_meta PRIMARY KEY (key);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT pk_orders PRIMARY KEY (id);
ALTER TABLE ONLY public.sealed_mail
    ADD CONSTRAINT pk_sealed_mail PRIMARY KEY (message_id);
ALTER TABLE ONLY public.step
    ADD CONSTRAINT pk_step PRIMARY KEY (order_id, step);
ALTER TABLE ONLY public.step_attempt
    ADD CONSTRAINT pk_step_attempt PRIMARY KEY (id);
ALTER TABLE ONLY public.virtual_clock
    ADD CONSTRAINT pk_virtual_clock PRIMARY KEY (id);
ALTER TABLE ONLY public.work_item
    ADD CONSTRAINT pk_work_item PRIMARY KEY (order_id, kind, about);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT uq_message_mailbox_folder_uidvalidity_uid UNIQUE (mailbox, folder, uidvalidity, uid);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT uq_orders_shop_id_order_no UNIQUE (shop_id, order_no);
CREATE INDEX ix_alert_next_attempt_at ON public.alert USING btree (next_attempt_at);
CREATE INDEX ix_audit_order_id ON public.audit USING btree (order_id);
CREATE INDEX ix_case_file_open ON public.case_file USING btree (open);
CREATE INDEX ix_deadline_due_at ON public.deadline USING btree (due_at);
CREATE INDEX ix_message_outcome_seen ON public.message USING btree (outcome, seen_at);
CREATE INDEX ix_message_raw_hash ON public.message USING btree (raw_hash);
CREATE INDEX ix_orders_next_check_at ON public.orders USING btree (next_check_at);
CREATE INDEX ix_orders_open_next_due ON public.orders USING btree (next_due_at, id);
CREATE INDEX ix_orders_order_no ON public.orders USING btree (order_no);
CREATE INDEX ix_orders_placed_at ON public.orders USING btree (placed_at);
CREATE INDEX ix_orders_stage_placed ON public.orders USING btree (stage, placed_at, id);
CREATE INDEX ix_sealed_mail_expires_at ON public.sealed_mail USING btree (expires_at);
CREATE INDEX ix_step_attempt_order_id ON public.step_attempt USING btree (order_id);
CREATE INDEX ix_step_next_attempt_at ON public.step USING btree (next_attempt_at);
CREATE INDEX ix_work_item_due_at ON public.work_item USING btree (due_at);
ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT fk_case_file_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE ONLY public.deadline
    ADD CONSTRAINT fk_deadline_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fk_fact_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE ONLY public.sealed_mail
    ADD CONSTRAINT fk_sealed_mail_message_id FOREIGN KEY (message_id) REFERENCES public.message(id);
ALTER TABLE ONLY public.step_attempt
    ADD CONSTRAINT fk_step_attempt_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE ONLY public.step
    ADD CONSTRAINT fk_step_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE ONLY public.work_item
    ADD CONSTRAINT fk_work_item_order_id FOREIGN KEY (order_id) REFERENCES public.orders(id);
