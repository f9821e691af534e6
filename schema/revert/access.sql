begin;
set local client_min_messages = warning;
drop function engine.idempotency_claim(text, text), engine.idempotency_read(text),
    engine.idempotency_store(text, text, integer, text, text), engine.client();
drop table engine.idempotency;
drop schema session cascade;
drop schema access cascade;
call engine.set_revision('audit');
commit;
