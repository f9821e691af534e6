select sealed_body from engine.idempotency where false;
select 'engine.idempotency_body(engine.idempotency)'::regprocedure;
