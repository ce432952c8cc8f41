-- Made by the code of commit e51dc7c, version 0001 of the tables: orders of every stage, mails, failed steps.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alert (
	dedup_key VARCHAR NOT NULL, 
	shop_id VARCHAR, 
	order_no VARCHAR, 
	rule VARCHAR NOT NULL, 
	about VARCHAR NOT NULL, 
	level INTEGER NOT NULL, 
	critical BOOLEAN NOT NULL, 
	text_key VARCHAR NOT NULL, 
	"values" JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	next_attempt_at DATETIME, 
	sent_at DATETIME, 
	attempts INTEGER NOT NULL, 
	suppressed BOOLEAN NOT NULL, 
	acknowledged_by VARCHAR, 
	CONSTRAINT pk_alert PRIMARY KEY (dedup_key)
);
INSERT INTO "alert" VALUES('ord_330df5b1c4a50adcdf36|D01||1','Lotus Lane Home','577094156662650001','D01','',1,0,'warned','{"due_at": "2026-03-18T10:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_3bad573926ff9c9d378c|D01||10','Lotus Lane Home','577094156662650002','D01','',10,0,'breached','{"due_at": "2026-03-16T06:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_3bad573926ff9c9d378c|D02||10','Lotus Lane Home','577094156662650002','D02','',10,1,'breached','{"due_at": "2026-03-18T00:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_aa24a1b8618e2526cce3|D02||1','Lotus Lane Home','577094156662650003','D02','',1,0,'warned','{"due_at": "2026-03-19T16:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_5055a496d712ee8c3e52|D02||3','Lotus Lane Home','577094156662650004','D02','',3,0,'warned','{"due_at": "2026-03-18T12:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_247e4e4a38ee455d57c2|D08|2026-03-17T06:00+00:00|1','Lotus Lane Home','577094156662650005','D08','2026-03-17T06:00+00:00',1,0,'warned','{"due_at": "2026-03-19T06:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_12572a7a9668afe7aeee|X05||0','Lotus Lane Home','577094156662650012','X05','',0,1,'conflict.X05','{}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_ab4c50fe510b3c9374b9|D04||10','Lotus Lane Home','577094156662650013','D04','',10,1,'breached','{"due_at": "2026-03-17T20:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_ab4c50fe510b3c9374b9|D05||2','Lotus Lane Home','577094156662650013','D05','',2,0,'warned','{"due_at": "2026-03-18T08:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_77011def4243bf7623e1|D01||10','Lotus Lane Home','577094156662650015','D01','',10,0,'breached','{"due_at": "2026-03-18T06:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
INSERT INTO "alert" VALUES('ord_086871afc91c359e5890|D01||10','Lotus Lane Home','577094156662650016','D01','',10,0,'breached','{"due_at": "2026-03-18T06:00:00+00:00"}','2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000',NULL,0,0,NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	order_id VARCHAR, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	reason VARCHAR, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_3bad573926ff9c9d378c','{}','{"rule": "D01", "state": "BREACHED"}',NULL);
INSERT INTO "audit" VALUES(2,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_3bad573926ff9c9d378c','{}','{"rule": "D02", "state": "BREACHED"}',NULL);
INSERT INTO "audit" VALUES(3,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_82650d0033a327ebb36a','{}','{"rule": "D01", "state": "MET_LATE"}',NULL);
INSERT INTO "audit" VALUES(4,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_11ff19039ed56e7d1834','{}','{"rule": "D01", "state": "MET_LATE"}',NULL);
INSERT INTO "audit" VALUES(5,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_3dfd823fc86080b690c0','{}','{"rule": "D01", "state": "MET_LATE"}',NULL);
INSERT INTO "audit" VALUES(6,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_3dfd823fc86080b690c0','{}','{"rule": "D17", "state": "MET_LATE"}',NULL);
INSERT INTO "audit" VALUES(7,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_12572a7a9668afe7aeee','{}','{"rule": "D01", "state": "MET_LATE"}',NULL);
INSERT INTO "audit" VALUES(8,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_ab4c50fe510b3c9374b9','{}','{"rule": "D04", "state": "BREACHED"}',NULL);
INSERT INTO "audit" VALUES(9,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_77011def4243bf7623e1','{}','{"rule": "D01", "state": "BREACHED"}',NULL);
INSERT INTO "audit" VALUES(10,'2026-03-18 08:00:00.000000','shipclock','breach recorded','ord_086871afc91c359e5890','{}','{"rule": "D01", "state": "BREACHED"}',NULL);
CREATE TABLE case_file (
	order_id VARCHAR NOT NULL, 
	case_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	open BOOLEAN NOT NULL, 
	reason VARCHAR, 
	steps_done JSON NOT NULL, 
	next_step VARCHAR, 
	waiting BOOLEAN NOT NULL, 
	outcome VARCHAR, 
	opened_at DATETIME, 
	closed_at DATETIME, 
	CONSTRAINT pk_case_file PRIMARY KEY (order_id, case_id), 
	CONSTRAINT fk_case_file_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "case_file" VALUES('ord_247e4e4a38ee455d57c2','cancel_request:2026-03-17T06:00+00:00','cancel_request',1,NULL,'[]','answer',0,NULL,'2026-03-17 06:00:00.000000',NULL);
INSERT INTO "case_file" VALUES('ord_ab4c50fe510b3c9374b9','carrier_complaint','carrier_complaint',1,NULL,'[]','complain',0,NULL,'2026-03-17 20:00:00.000000',NULL);
CREATE TABLE deadline (
	order_id VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	about VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	start_at DATETIME, 
	due_at DATETIME, 
	warn_level INTEGER NOT NULL, 
	stated BOOLEAN NOT NULL, 
	breached_at DATETIME, 
	met_at DATETIME, 
	detected_at DATETIME, 
	withdrawn BOOLEAN NOT NULL, 
	fault VARCHAR NOT NULL, 
	policy VARCHAR NOT NULL, 
	CONSTRAINT pk_deadline PRIMARY KEY (order_id, rule, about), 
	CONSTRAINT fk_deadline_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "deadline" VALUES('ord_330df5b1c4a50adcdf36','D01','','WARNED','2026-03-18 06:00:00.000000','2026-03-18 10:00:00.000000',1,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_330df5b1c4a50adcdf36','D02','','RUNNING','2026-03-18 06:00:00.000000','2026-03-21 06:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_3bad573926ff9c9d378c','D01','','BREACHED','2026-03-15 00:00:00.000000','2026-03-16 06:00:00.000000',2,0,'2026-03-16 06:00:00.000000',NULL,'2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_3bad573926ff9c9d378c','D02','','BREACHED','2026-03-15 00:00:00.000000','2026-03-18 00:00:00.000000',4,0,'2026-03-18 00:00:00.000000',NULL,'2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_aa24a1b8618e2526cce3','D01','','MET','2026-03-16 16:00:00.000000','2026-03-17 06:00:00.000000',0,0,NULL,'2026-03-16 18:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_aa24a1b8618e2526cce3','D02','','WARNED','2026-03-16 16:00:00.000000','2026-03-19 16:00:00.000000',1,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_aa24a1b8618e2526cce3','D03','','RUNNING','2026-03-16 18:00:00.000000','2026-03-19 04:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5055a496d712ee8c3e52','D01','','MET','2026-03-15 12:00:00.000000','2026-03-16 06:00:00.000000',0,0,NULL,'2026-03-15 20:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5055a496d712ee8c3e52','D02','','WARNED','2026-03-15 12:00:00.000000','2026-03-18 12:00:00.000000',3,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5055a496d712ee8c3e52','D03','','MET','2026-03-15 20:00:00.000000','2026-03-18 00:00:00.000000',0,0,NULL,'2026-03-16 06:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_247e4e4a38ee455d57c2','D01','','PAUSED','2026-03-17 02:00:00.000000','2026-03-17 06:00:00.000000',2,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_247e4e4a38ee455d57c2','D02','','RUNNING','2026-03-17 02:00:00.000000','2026-03-20 02:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_247e4e4a38ee455d57c2','D08','2026-03-17T06:00+00:00','WARNED','2026-03-17 06:00:00.000000','2026-03-19 06:00:00.000000',1,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_82650d0033a327ebb36a','D01','','MET_LATE','2026-03-16 16:00:00.000000','2026-03-17 06:00:00.000000',2,0,'2026-03-17 06:00:00.000000','2026-03-17 12:00:00.000000','2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_82650d0033a327ebb36a','D02','','MET','2026-03-16 16:00:00.000000','2026-03-19 16:00:00.000000',0,0,NULL,'2026-03-17 22:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_82650d0033a327ebb36a','D03','','MET','2026-03-17 12:00:00.000000','2026-03-19 04:00:00.000000',0,0,NULL,'2026-03-17 12:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_82650d0033a327ebb36a','D04','','RUNNING','2026-03-17 22:00:00.000000','2026-03-19 22:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_82650d0033a327ebb36a','D10','','RUNNING','2026-03-17 22:00:00.000000','2026-03-31 22:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D01','','MET','2026-03-14 14:00:00.000000','2026-03-16 06:00:00.000000',0,0,NULL,'2026-03-15 20:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D02','','MET','2026-03-14 14:00:00.000000','2026-03-17 14:00:00.000000',0,0,NULL,'2026-03-15 20:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D03','','MET','2026-03-15 20:00:00.000000','2026-03-17 02:00:00.000000',0,0,NULL,'2026-03-15 20:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D04','','MET','2026-03-15 20:00:00.000000','2026-03-17 20:00:00.000000',1,0,NULL,'2026-03-17 02:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D10','','RUNNING','2026-03-15 20:00:00.000000','2026-03-29 20:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_5ec6c2088fbd4e753d30','D17','','RUNNING','2026-03-17 02:00:00.000000','2026-03-20 02:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D01','','MET_LATE','2026-03-10 00:00:00.000000','2026-03-10 06:00:00.000000',2,0,'2026-03-10 06:00:00.000000','2026-03-11 06:00:00.000000','2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D02','','MET','2026-03-10 00:00:00.000000','2026-03-13 00:00:00.000000',0,0,NULL,'2026-03-11 06:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D03','','MET','2026-03-11 06:00:00.000000','2026-03-12 12:00:00.000000',0,0,NULL,'2026-03-11 06:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D04','','MET','2026-03-11 06:00:00.000000','2026-03-13 06:00:00.000000',0,0,NULL,'2026-03-11 16:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D10','','MET','2026-03-11 06:00:00.000000','2026-03-25 06:00:00.000000',0,0,NULL,'2026-03-14 04:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D17','','MET','2026-03-11 16:00:00.000000','2026-03-14 16:00:00.000000',0,0,NULL,'2026-03-14 04:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_11ff19039ed56e7d1834','D18','','RUNNING','2026-03-14 04:00:00.000000','2026-03-28 04:00:00.000000',0,0,NULL,NULL,NULL,0,'nobody','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D01','','MET_LATE','2026-02-17 04:00:00.000000','2026-02-17 08:00:00.000000',2,0,'2026-02-17 08:00:00.000000','2026-02-19 06:00:00.000000','2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D02','','MET','2026-02-17 04:00:00.000000','2026-02-20 04:00:00.000000',2,0,NULL,'2026-02-19 06:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D03','','MET','2026-02-19 06:00:00.000000','2026-02-19 16:00:00.000000',0,0,NULL,'2026-02-19 06:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D04','','MET','2026-02-19 06:00:00.000000','2026-02-21 06:00:00.000000',0,0,NULL,'2026-02-19 16:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D10','','MET','2026-02-19 06:00:00.000000','2026-03-05 06:00:00.000000',0,0,NULL,'2026-02-25 12:00:00.000000',NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D17','','MET_LATE','2026-02-19 16:00:00.000000','2026-02-22 16:00:00.000000',0,0,'2026-02-22 16:00:00.000000','2026-02-25 12:00:00.000000','2026-03-18 08:00:00.000000',0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_3dfd823fc86080b690c0','D18','','MET','2026-02-25 12:00:00.000000','2026-03-11 12:00:00.000000',0,0,NULL,'2026-03-11 12:00:00.000000',NULL,0,'nobody','article');
INSERT INTO "deadline" VALUES('ord_7e0790f2049a945ae4f9','D01','','VOID','2026-03-15 20:00:00.000000','2026-03-16 06:00:00.000000',2,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_7e0790f2049a945ae4f9','D02','','VOID','2026-03-15 20:00:00.000000','2026-03-18 20:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_89b97c9e243f1d9e29b5','D09','','VOID','2026-03-16 07:00:00.000000','2026-03-18 07:00:00.000000',0,0,NULL,NULL,NULL,0,'nobody','article');
INSERT INTO "deadline" VALUES('ord_12572a7a9668afe7aeee','D01','','MET_LATE','2026-03-15 20:00:00.000000','2026-03-16 06:00:00.000000',2,0,'2026-03-16 06:00:00.000000','2026-03-17 12:00:00.000000','2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_12572a7a9668afe7aeee','D02','','VOID','2026-03-15 20:00:00.000000','2026-03-18 20:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_12572a7a9668afe7aeee','D03','','VOID','2026-03-17 12:00:00.000000','2026-03-18 08:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_12572a7a9668afe7aeee','D04','','VOID','2026-03-17 12:00:00.000000','2026-03-19 12:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_12572a7a9668afe7aeee','D10','','VOID','2026-03-17 12:00:00.000000','2026-03-31 12:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D01','','MET','2026-03-14 14:00:00.000000','2026-03-16 06:00:00.000000',0,0,NULL,'2026-03-15 10:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D02','','MET','2026-03-14 14:00:00.000000','2026-03-17 14:00:00.000000',0,0,NULL,'2026-03-15 20:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D03','','MET','2026-03-15 10:00:00.000000','2026-03-17 02:00:00.000000',0,0,NULL,'2026-03-15 10:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D04','','BREACHED','2026-03-15 20:00:00.000000','2026-03-17 20:00:00.000000',2,0,'2026-03-17 20:00:00.000000',NULL,'2026-03-18 08:00:00.000000',0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D05','','WARNED','2026-03-17 20:00:00.000000','2026-03-18 08:00:00.000000',2,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ab4c50fe510b3c9374b9','D10','','RUNNING','2026-03-15 20:00:00.000000','2026-03-29 20:00:00.000000',0,0,NULL,NULL,NULL,0,'carrier','article');
INSERT INTO "deadline" VALUES('ord_ccd625d026fcf6b514cd','D01','','MET','2026-03-17 12:00:00.000000','2026-03-18 06:00:00.000000',0,0,NULL,'2026-03-17 14:00:00.000000',NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ccd625d026fcf6b514cd','D02','','RUNNING','2026-03-17 12:00:00.000000','2026-03-20 12:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_ccd625d026fcf6b514cd','D03','','RUNNING','2026-03-17 14:00:00.000000','2026-03-20 00:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_77011def4243bf7623e1','D01','','BREACHED','2026-03-17 22:00:00.000000','2026-03-18 06:00:00.000000',2,0,'2026-03-18 06:00:00.000000',NULL,'2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_77011def4243bf7623e1','D02','','RUNNING','2026-03-17 22:00:00.000000','2026-03-20 22:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
INSERT INTO "deadline" VALUES('ord_086871afc91c359e5890','D01','','BREACHED','2026-03-18 02:00:00.000000','2026-03-18 06:00:00.000000',2,0,'2026-03-18 06:00:00.000000',NULL,'2026-03-18 08:00:00.000000',0,'shop','article');
INSERT INTO "deadline" VALUES('ord_086871afc91c359e5890','D02','','RUNNING','2026-03-18 02:00:00.000000','2026-03-21 02:00:00.000000',0,0,NULL,NULL,NULL,0,'shop','article');
CREATE TABLE evidence (
	shop_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	first_seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_evidence PRIMARY KEY (shop_id, kind)
);
INSERT INTO "evidence" VALUES('Lotus Lane Home','in_transit','2026-03-17 02:00:00.000000');
INSERT INTO "evidence" VALUES('Lotus Lane Home','delivered','2026-03-14 04:00:00.000000');
INSERT INTO "evidence" VALUES('Lotus Lane Home','picked_up','2026-03-11 16:00:00.000000');
CREATE TABLE fact (
	order_id VARCHAR NOT NULL, 
	source_key VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	observed_at DATETIME NOT NULL, 
	authority VARCHAR NOT NULL, 
	estimated BOOLEAN NOT NULL, 
	source VARCHAR NOT NULL, 
	payload JSON NOT NULL, 
	CONSTRAINT pk_fact PRIMARY KEY (order_id, source_key), 
	CONSTRAINT fk_fact_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "fact" VALUES('ord_330df5b1c4a50adcdf36','seed:1:order_placed','order_placed','2026-03-18 06:00:00.000000','2026-03-18 06:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_330df5b1c4a50adcdf36','seed:1:order_paid','order_paid','2026-03-18 06:00:00.000000','2026-03-18 06:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_3bad573926ff9c9d378c','seed:2:order_placed','order_placed','2026-03-15 00:00:00.000000','2026-03-15 00:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_3bad573926ff9c9d378c','seed:2:order_paid','order_paid','2026-03-15 00:00:00.000000','2026-03-15 00:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_aa24a1b8618e2526cce3','seed:3:order_placed','order_placed','2026-03-16 16:00:00.000000','2026-03-16 16:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_aa24a1b8618e2526cce3','seed:3:order_paid','order_paid','2026-03-16 16:00:00.000000','2026-03-16 16:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_aa24a1b8618e2526cce3','seed:3:stock_confirmed','stock_confirmed','2026-03-16 18:00:00.000000','2026-03-16 18:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_5055a496d712ee8c3e52','seed:4:order_placed','order_placed','2026-03-15 12:00:00.000000','2026-03-15 12:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_5055a496d712ee8c3e52','seed:4:order_paid','order_paid','2026-03-15 12:00:00.000000','2026-03-15 12:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_5055a496d712ee8c3e52','seed:4:stock_confirmed','stock_confirmed','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_5055a496d712ee8c3e52','seed:4:packed','packed','2026-03-16 06:00:00.000000','2026-03-16 06:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_247e4e4a38ee455d57c2','seed:5:order_placed','order_placed','2026-03-17 02:00:00.000000','2026-03-17 02:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_247e4e4a38ee455d57c2','seed:5:order_paid','order_paid','2026-03-17 02:00:00.000000','2026-03-17 02:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_247e4e4a38ee455d57c2','seed:5:cancel_requested','cancel_requested','2026-03-17 06:00:00.000000','2026-03-17 06:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_82650d0033a327ebb36a','seed:6:order_placed','order_placed','2026-03-16 16:00:00.000000','2026-03-16 16:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_82650d0033a327ebb36a','seed:6:order_paid','order_paid','2026-03-16 16:00:00.000000','2026-03-16 16:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_82650d0033a327ebb36a','seed:6:packed','packed','2026-03-17 12:00:00.000000','2026-03-17 12:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_82650d0033a327ebb36a','seed:6:marked_shipped','marked_shipped','2026-03-17 22:00:00.000000','2026-03-17 22:00:00.000000','platform',0,'mail','{"carrier": "J&T Express", "tracking_no": "JT0012"}');
INSERT INTO "fact" VALUES('ord_5ec6c2088fbd4e753d30','seed:7:order_placed','order_placed','2026-03-14 14:00:00.000000','2026-03-14 14:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_5ec6c2088fbd4e753d30','seed:7:order_paid','order_paid','2026-03-14 14:00:00.000000','2026-03-14 14:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_5ec6c2088fbd4e753d30','seed:7:marked_shipped','marked_shipped','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{"carrier": "GHN"}');
INSERT INTO "fact" VALUES('ord_5ec6c2088fbd4e753d30','seed:7:in_transit','in_transit','2026-03-17 02:00:00.000000','2026-03-17 02:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_11ff19039ed56e7d1834','seed:8:order_placed','order_placed','2026-03-10 00:00:00.000000','2026-03-10 00:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_11ff19039ed56e7d1834','seed:8:order_paid','order_paid','2026-03-10 00:00:00.000000','2026-03-10 00:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_11ff19039ed56e7d1834','seed:8:marked_shipped','marked_shipped','2026-03-11 06:00:00.000000','2026-03-11 06:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_11ff19039ed56e7d1834','seed:8:picked_up','picked_up','2026-03-11 16:00:00.000000','2026-03-11 16:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_11ff19039ed56e7d1834','seed:8:delivered','delivered','2026-03-14 04:00:00.000000','2026-03-14 04:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_3dfd823fc86080b690c0','seed:9:order_placed','order_placed','2026-02-17 04:00:00.000000','2026-02-17 04:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_3dfd823fc86080b690c0','seed:9:order_paid','order_paid','2026-02-17 04:00:00.000000','2026-02-17 04:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_3dfd823fc86080b690c0','seed:9:marked_shipped','marked_shipped','2026-02-19 06:00:00.000000','2026-02-19 06:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_3dfd823fc86080b690c0','seed:9:picked_up','picked_up','2026-02-19 16:00:00.000000','2026-02-19 16:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_3dfd823fc86080b690c0','seed:9:delivered','delivered','2026-02-25 12:00:00.000000','2026-02-25 12:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_7e0790f2049a945ae4f9','seed:10:order_placed','order_placed','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_7e0790f2049a945ae4f9','seed:10:order_paid','order_paid','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_7e0790f2049a945ae4f9','seed:10:cancelled','cancelled','2026-03-16 06:00:00.000000','2026-03-16 06:00:00.000000','platform',0,'mail','{"actor": "buyer", "reason_code": "agreed"}');
INSERT INTO "fact" VALUES('ord_89b97c9e243f1d9e29b5','seed:11:order_placed','order_placed','2026-03-16 07:00:00.000000','2026-03-16 07:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_12572a7a9668afe7aeee','seed:12:order_placed','order_placed','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_12572a7a9668afe7aeee','seed:12:order_paid','order_paid','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_12572a7a9668afe7aeee','seed:12:cancelled','cancelled','2026-03-17 02:00:00.000000','2026-03-17 02:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_12572a7a9668afe7aeee','seed:12:marked_shipped','marked_shipped','2026-03-17 12:00:00.000000','2026-03-17 12:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_ab4c50fe510b3c9374b9','seed:13:order_placed','order_placed','2026-03-14 14:00:00.000000','2026-03-14 14:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_ab4c50fe510b3c9374b9','seed:13:order_paid','order_paid','2026-03-14 14:00:00.000000','2026-03-14 14:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_ab4c50fe510b3c9374b9','seed:13:packed','packed','2026-03-15 10:00:00.000000','2026-03-15 10:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_ab4c50fe510b3c9374b9','seed:13:marked_shipped','marked_shipped','2026-03-15 20:00:00.000000','2026-03-15 20:00:00.000000','platform',0,'mail','{"carrier": "J&T Express", "tracking_no": "JT0012"}');
INSERT INTO "fact" VALUES('ord_ccd625d026fcf6b514cd','seed:14:order_placed','order_placed','2026-03-17 12:00:00.000000','2026-03-17 12:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_ccd625d026fcf6b514cd','seed:14:order_paid','order_paid','2026-03-17 12:00:00.000000','2026-03-17 12:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_ccd625d026fcf6b514cd','seed:14:stock_confirmed','stock_confirmed','2026-03-17 14:00:00.000000','2026-03-17 14:00:00.000000','human',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_77011def4243bf7623e1','seed:15:order_placed','order_placed','2026-03-17 22:00:00.000000','2026-03-17 22:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_77011def4243bf7623e1','seed:15:order_paid','order_paid','2026-03-17 22:00:00.000000','2026-03-17 22:00:00.000000','platform',0,'mail','{}');
INSERT INTO "fact" VALUES('ord_086871afc91c359e5890','seed:16:order_placed','order_placed','2026-03-18 02:00:00.000000','2026-03-18 02:00:00.000000','platform',0,'mail','{"items": [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]}');
INSERT INTO "fact" VALUES('ord_086871afc91c359e5890','seed:16:order_paid','order_paid','2026-03-18 02:00:00.000000','2026-03-18 02:00:00.000000','platform',0,'mail','{}');
CREATE TABLE folder (
	mailbox VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	mark BIGINT NOT NULL, 
	uidnext BIGINT NOT NULL, 
	messages INTEGER NOT NULL, 
	CONSTRAINT pk_folder PRIMARY KEY (mailbox, folder)
);
CREATE TABLE mailbox (
	name VARCHAR NOT NULL, 
	last_poll_at DATETIME, 
	last_ok_at DATETIME, 
	last_error VARCHAR, 
	refused_logins INTEGER NOT NULL, 
	refused_with VARCHAR, 
	lease_by VARCHAR, 
	lease_until DATETIME, 
	CONSTRAINT pk_mailbox PRIMARY KEY (name)
);
INSERT INTO "mailbox" VALUES('main','2026-03-18 08:00:00.000000','2026-03-18 07:57:00.000000',NULL,0,NULL,NULL,NULL);
CREATE TABLE message (
	id INTEGER NOT NULL, 
	mailbox VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	raw_hash VARCHAR, 
	size INTEGER NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR, 
	detail VARCHAR NOT NULL, 
	kind VARCHAR, 
	shop_id VARCHAR, 
	order_nos JSON NOT NULL, 
	sent_at DATETIME, 
	seen_at DATETIME NOT NULL, 
	handled_at DATETIME, 
	attempts INTEGER NOT NULL, 
	reader_version VARCHAR NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT uq_message_mailbox_folder_uidvalidity_uid UNIQUE (mailbox, folder, uidvalidity, uid)
);
INSERT INTO "message" VALUES(1,'main','INBOX',1,1,NULL,0,'quarantined','reader_failed','',NULL,NULL,'["577094156662640001"]','2026-03-18 07:00:00.000000','2026-03-18 07:00:00.000000',NULL,1,'1');
INSERT INTO "message" VALUES(2,'main','INBOX',1,2,NULL,0,'quarantined','unknown_kind','',NULL,NULL,'[]','2026-03-18 06:00:00.000000','2026-03-18 06:00:00.000000',NULL,1,'1');
INSERT INTO "message" VALUES(3,'main','INBOX',1,3,NULL,0,'quarantined','lookalike_sender','',NULL,NULL,'["577094156662650001"]','2026-03-18 05:00:00.000000','2026-03-18 05:00:00.000000',NULL,1,'1');
INSERT INTO "message" VALUES(4,'main','INBOX',1,9,NULL,0,'parsed',NULL,'','new_order',NULL,'[]',NULL,'2026-03-18 08:00:00.000000',NULL,1,'');
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
CREATE TABLE orders (
	id VARCHAR NOT NULL, 
	shop_id VARCHAR NOT NULL, 
	order_no VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	rank INTEGER NOT NULL, 
	authority VARCHAR NOT NULL, 
	presumed BOOLEAN NOT NULL, 
	terminal BOOLEAN NOT NULL, 
	placed_at DATETIME, 
	promised_at DATETIME, 
	late_since DATETIME, 
	handover_mode VARCHAR NOT NULL, 
	shipping_mode VARCHAR NOT NULL, 
	failed_attempts INTEGER NOT NULL, 
	cancel_reason VARCHAR, 
	cancel_actor VARCHAR, 
	carrier VARCHAR, 
	tracking_no VARCHAR, 
	holds JSON NOT NULL, 
	flags JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	items JSON NOT NULL, 
	milestones JSON NOT NULL, 
	next_due_at DATETIME, 
	next_due_rule VARCHAR, 
	next_check_at DATETIME, 
	policy VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_orders PRIMARY KEY (id), 
	CONSTRAINT uq_orders_shop_id_order_no UNIQUE (shop_id, order_no)
);
INSERT INTO "orders" VALUES('ord_330df5b1c4a50adcdf36','Lotus Lane Home','577094156662650001','NEW',10,'platform',0,0,'2026-03-18 06:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-18T06:00:00+00:00", "order_placed": "2026-03-18T06:00:00+00:00"}','2026-03-18 10:00:00.000000','D01','2026-03-18 09:12:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_3bad573926ff9c9d378c','Lotus Lane Home','577094156662650002','NEW',10,'platform',0,0,'2026-03-15 00:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-15T00:00:00+00:00", "order_placed": "2026-03-15T00:00:00+00:00"}','2026-03-16 06:00:00.000000','D01',NULL,'article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_aa24a1b8618e2526cce3','Lotus Lane Home','577094156662650003','CONFIRMED',20,'human',0,0,'2026-03-16 16:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-16T16:00:00+00:00", "order_placed": "2026-03-16T16:00:00+00:00", "stock_confirmed": "2026-03-16T18:00:00+00:00"}','2026-03-19 04:00:00.000000','D03','2026-03-18 16:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_5055a496d712ee8c3e52','Lotus Lane Home','577094156662650004','PACKED',30,'human',0,0,'2026-03-15 12:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-15T12:00:00+00:00", "order_placed": "2026-03-15T12:00:00+00:00", "stock_confirmed": "2026-03-15T20:00:00+00:00", "packed": "2026-03-16T06:00:00+00:00"}','2026-03-18 12:00:00.000000','D02','2026-03-18 11:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_247e4e4a38ee455d57c2','Lotus Lane Home','577094156662650005','NEW',10,'platform',0,0,'2026-03-17 02:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'["cancel_requested"]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-17T02:00:00+00:00", "order_placed": "2026-03-17T02:00:00+00:00", "cancel_requested": "2026-03-17T06:00:00+00:00"}','2026-03-19 06:00:00.000000','D08','2026-03-18 14:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_82650d0033a327ebb36a','Lotus Lane Home','577094156662650006','AWAITING_HANDOVER',40,'platform',0,0,'2026-03-16 16:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,'J&T Express','JT0012','[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-16T16:00:00+00:00", "order_placed": "2026-03-16T16:00:00+00:00", "packed": "2026-03-17T12:00:00+00:00", "marked_shipped": "2026-03-17T22:00:00+00:00", "stock_confirmed": null}','2026-03-19 22:00:00.000000','D04','2026-03-18 22:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_5ec6c2088fbd4e753d30','Lotus Lane Home','577094156662650007','IN_TRANSIT',60,'platform',0,0,'2026-03-14 14:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-14T14:00:00+00:00", "order_placed": "2026-03-14T14:00:00+00:00", "marked_shipped": "2026-03-15T20:00:00+00:00", "in_transit": "2026-03-17T02:00:00+00:00", "stock_confirmed": null, "packed": null}','2026-03-29 20:00:00.000000','D10','2026-03-20 02:00:00.000001','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_11ff19039ed56e7d1834','Lotus Lane Home','577094156662650008','DELIVERED',80,'platform',0,0,'2026-03-10 00:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-10T00:00:00+00:00", "order_placed": "2026-03-10T00:00:00+00:00", "marked_shipped": "2026-03-11T06:00:00+00:00", "picked_up": "2026-03-11T16:00:00+00:00", "delivered": "2026-03-14T04:00:00+00:00", "stock_confirmed": null, "packed": null, "in_transit": null}','2026-03-28 04:00:00.000000','D18','2026-03-28 04:00:00.000001','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_3dfd823fc86080b690c0','Lotus Lane Home','577094156662650009','COMPLETED',90,'timer',1,1,'2026-02-17 04:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-02-17T04:00:00+00:00", "order_placed": "2026-02-17T04:00:00+00:00", "marked_shipped": "2026-02-19T06:00:00+00:00", "picked_up": "2026-02-19T16:00:00+00:00", "delivered": "2026-02-25T12:00:00+00:00", "stock_confirmed": null, "packed": null, "in_transit": null}',NULL,NULL,NULL,'article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_7e0790f2049a945ae4f9','Lotus Lane Home','577094156662650010','CANCELLED',100,'platform',0,1,'2026-03-15 20:00:00.000000',NULL,NULL,'pickup','seller',0,'agreed','buyer',NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-15T20:00:00+00:00", "order_placed": "2026-03-15T20:00:00+00:00", "cancelled": "2026-03-16T06:00:00+00:00"}',NULL,NULL,NULL,'article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_89b97c9e243f1d9e29b5','Lotus Lane Home','577094156662650011','CANCELLED',100,'timer',1,1,'2026-03-16 07:00:00.000000',NULL,NULL,'pickup','seller',0,'unpaid','system',NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_placed": "2026-03-16T07:00:00+00:00"}',NULL,NULL,NULL,'article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_12572a7a9668afe7aeee','Lotus Lane Home','577094156662650012','CANCELLED',100,'platform',0,1,'2026-03-15 20:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,'unknown',NULL,NULL,'[]','[]','["X05"]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-15T20:00:00+00:00", "order_placed": "2026-03-15T20:00:00+00:00", "cancelled": "2026-03-17T02:00:00+00:00", "marked_shipped": "2026-03-17T12:00:00+00:00", "stock_confirmed": null}',NULL,NULL,NULL,'article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_ab4c50fe510b3c9374b9','Lotus Lane Home','577094156662650013','AWAITING_HANDOVER',40,'platform',0,0,'2026-03-14 14:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,'J&T Express','JT0012','[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-14T14:00:00+00:00", "order_placed": "2026-03-14T14:00:00+00:00", "packed": "2026-03-15T10:00:00+00:00", "marked_shipped": "2026-03-15T20:00:00+00:00", "stock_confirmed": null}','2026-03-17 20:00:00.000000','D04','2026-03-18 08:00:00.000001','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_ccd625d026fcf6b514cd','Lotus Lane Home','577094156662650014','CONFIRMED',20,'human',0,0,'2026-03-17 12:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-17T12:00:00+00:00", "order_placed": "2026-03-17T12:00:00+00:00", "stock_confirmed": "2026-03-17T14:00:00+00:00"}','2026-03-20 00:00:00.000000','D03','2026-03-19 00:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_77011def4243bf7623e1','Lotus Lane Home','577094156662650015','NEW',10,'platform',0,0,'2026-03-17 22:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-17T22:00:00+00:00", "order_placed": "2026-03-17T22:00:00+00:00"}','2026-03-18 06:00:00.000000','D01','2026-03-19 10:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
INSERT INTO "orders" VALUES('ord_086871afc91c359e5890','Lotus Lane Home','577094156662650016','NEW',10,'platform',0,0,'2026-03-18 02:00:00.000000',NULL,NULL,'pickup','seller',0,NULL,NULL,NULL,NULL,'[]','[]','[]','[{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]','{"order_paid": "2026-03-18T02:00:00+00:00", "order_placed": "2026-03-18T02:00:00+00:00"}','2026-03-18 06:00:00.000000','D01','2026-03-19 14:00:00.000000','article',1,'2026-03-18 08:00:00.000000','2026-03-18 08:00:00.000000');
CREATE TABLE sealed_mail (
	message_id INTEGER NOT NULL, 
	ciphertext BLOB NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sealed_mail PRIMARY KEY (message_id), 
	CONSTRAINT fk_sealed_mail_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
INSERT INTO "sealed_mail" VALUES(1,X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F','2026-04-08 04:00:00.000000');
INSERT INTO "sealed_mail" VALUES(3,X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F','2026-04-08 04:00:00.000000');
CREATE TABLE step (
	order_id VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	outcome VARCHAR, 
	attempts INTEGER NOT NULL, 
	next_attempt_at DATETIME, 
	first_failed_at DATETIME, 
	lease_by VARCHAR, 
	lease_until DATETIME, 
	error_code VARCHAR, 
	flow_run_id VARCHAR, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_step PRIMARY KEY (order_id, step), 
	CONSTRAINT fk_step_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "step" VALUES('ord_330df5b1c4a50adcdf36','confirm','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_3bad573926ff9c9d378c','confirm','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_aa24a1b8618e2526cce3','pack','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_5055a496d712ee8c3e52','hand_over','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_82650d0033a327ebb36a','track','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_5ec6c2088fbd4e753d30','track','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_ab4c50fe510b3c9374b9','track','queued',NULL,0,'2026-03-18 08:00:00.000000',NULL,NULL,NULL,NULL,NULL,'2026-03-18 08:00:00.000000');
INSERT INTO "step" VALUES('ord_ccd625d026fcf6b514cd','pack','dead',NULL,3,NULL,NULL,NULL,NULL,'unavailable',NULL,'2026-03-18 07:00:00.000000');
INSERT INTO "step" VALUES('ord_77011def4243bf7623e1','confirm','waiting','business_failure',0,NULL,NULL,NULL,NULL,'out_of_stock',NULL,'2026-03-18 07:00:00.000000');
INSERT INTO "step" VALUES('ord_086871afc91c359e5890','confirm','queued',NULL,0,'2026-03-18 09:00:00.000000','2026-03-18 07:00:00.000000',NULL,NULL,'timeout',NULL,'2026-03-18 07:00:00.000000');
CREATE TABLE step_attempt (
	id INTEGER NOT NULL, 
	order_id VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	result VARCHAR NOT NULL, 
	error_code VARCHAR, 
	flow_run_id VARCHAR, 
	"by" VARCHAR NOT NULL, 
	CONSTRAINT pk_step_attempt PRIMARY KEY (id), 
	CONSTRAINT fk_step_attempt_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
CREATE TABLE virtual_clock (
	id INTEGER NOT NULL, 
	now DATETIME NOT NULL, 
	CONSTRAINT pk_virtual_clock PRIMARY KEY (id)
);
INSERT INTO "virtual_clock" VALUES(1,'2026-03-18 08:00:00.000000');
CREATE TABLE work_item (
	order_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	about VARCHAR NOT NULL, 
	rule VARCHAR, 
	case_id VARCHAR, 
	command VARCHAR, 
	due_at DATETIME, 
	priority INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_work_item PRIMARY KEY (order_id, kind, about), 
	CONSTRAINT fk_work_item_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
);
INSERT INTO "work_item" VALUES('ord_330df5b1c4a50adcdf36','confirm','','D01',NULL,'confirm','2026-03-18 10:00:00.000000',4,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_3bad573926ff9c9d378c','confirm','','D02',NULL,'confirm','2026-03-18 00:00:00.000000',0,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_aa24a1b8618e2526cce3','pack','','D03',NULL,'mark_packed','2026-03-19 04:00:00.000000',4,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_5055a496d712ee8c3e52','hand_over','','D02',NULL,'mark_shipped','2026-03-18 12:00:00.000000',2,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_247e4e4a38ee455d57c2','answer_cancel','answer','D08','cancel_request:2026-03-17T06:00+00:00','approve_cancel','2026-03-19 06:00:00.000000',1,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_12572a7a9668afe7aeee','recall_parcel','',NULL,'conflict:X05','close_case',NULL,0,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_ab4c50fe510b3c9374b9','complain','complain','D05','carrier_complaint','file_complaint','2026-03-18 08:00:00.000000',1,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_ccd625d026fcf6b514cd','pack','','D03',NULL,'mark_packed','2026-03-20 00:00:00.000000',4,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_77011def4243bf7623e1','confirm','','D02',NULL,'confirm','2026-03-20 22:00:00.000000',1,'2026-03-18 08:00:00.000000');
INSERT INTO "work_item" VALUES('ord_086871afc91c359e5890','confirm','','D02',NULL,'confirm','2026-03-21 02:00:00.000000',1,'2026-03-18 08:00:00.000000');
CREATE INDEX ix_alert_next_attempt_at ON alert (next_attempt_at);
CREATE INDEX ix_audit_order_id ON audit (order_id);
CREATE INDEX ix_message_outcome_seen ON message (outcome, seen_at);
CREATE INDEX ix_message_raw_hash ON message (raw_hash);
CREATE INDEX ix_orders_next_check_at ON orders (next_check_at);
CREATE INDEX ix_orders_open_next_due ON orders (next_due_at, id);
CREATE INDEX ix_orders_order_no ON orders (order_no);
CREATE INDEX ix_orders_placed_at ON orders (placed_at);
CREATE INDEX ix_orders_stage_placed ON orders (stage, placed_at, id);
CREATE INDEX ix_case_file_open ON case_file (open);
CREATE INDEX ix_deadline_due_at ON deadline (due_at);
CREATE INDEX ix_sealed_mail_expires_at ON sealed_mail (expires_at);
CREATE INDEX ix_step_next_attempt_at ON step (next_attempt_at);
CREATE INDEX ix_step_attempt_order_id ON step_attempt (order_id);
CREATE INDEX ix_work_item_due_at ON work_item (due_at);
COMMIT;
