-- Keys, sessions, scopes, idempotency.
\ir fixture.inc
select plan(36);

-- sessions
select throws_ok($$select * from session.open('unknown', null, 'r', 0, true)$$, 'MA401', null, 'an unknown key opens nothing');
update access.api_key set revoked_at = now() where label = 'PACA';
select throws_ok($$select * from session.open(tap.digest('PACA'), null, 'r', 0, true)$$, 'MA401', null, 'nor a revoked one');
update access.api_key set revoked_at = null, expires_at = now() - interval '1 second' where label = 'PACA';
select throws_ok($$select * from session.open(tap.digest('PACA'), null, 'r', 0, true)$$, 'MA401', null, 'nor one that expired');
select throws_ok($$select * from session.open(tap.digest('PARTNER'), 'members:write', 'r', 0, true)$$, 'MA403', null, 'a scope that is missing');
select throws_ok($$select * from session.open(null, 'members:read', 'r', 0, true)$$, 'MA403', null, 'anonymous holds no scope');
select results_eq($$select caller, scopes from session.open(null, null, 'r', 0, true)$$, $$values ('ANONYMOUS', null::text)$$, 'anonymous');
select results_eq($$select caller, delegation_id, member_id, label, expires_at > now() from session.open(tap.digest('BRETAGNE'), 'imports:write', 'r', 0, true)$$,
    $$values ('DELEGATION', 'd0000000-0000-7000-8000-000000000053'::uuid, null::uuid, 'BRETAGNE', true)$$, 'who is calling');
select is(current_setting('app.delegation_id'), 'd0000000-0000-7000-8000-000000000053', 'settings hold the territory');
select is(current_setting('app.request_id'), 'r', 'and the request');
select is(current_setting('statement_timeout'), '0', 'no time limit asked, none set');
select lives_ok($$select * from session.open(tap.digest('STRUCTURE'), null, 'r', 1234, true)$$, 'another caller of the same transaction');
select is(current_setting('app.delegation_id'), '', 'takes the territory of the one before away');
select is(current_setting('app.member_id'), 'a0000000-0000-7000-8000-00000000000a', 'and has its own');
select is(current_setting('statement_timeout'), '1234ms', 'the time limit');
set local statement_timeout = 0;
select is(tap.attempt('ANONYMOUS', $$select count(*) from network.member$$), '0', 'without a key no member is seen');
create function pg_temp.outside() returns bigint language plpgsql as $$
declare seen bigint; begin
    perform set_config(name, '', true) from unnest('{app.caller,app.member_id,app.delegation_id,app.key_id}'::text[]) name;
    perform set_config('role', 'maillage_app', true);
    seen := (select count(*) from network.member);
    perform set_config('role', 'none', true);
    return seen;
end $$;
select is(pg_temp.outside(), 0::bigint, 'outside a session nothing is seen');

-- keys
select is(access.scopes_of('PARTNER'), array['delegations:read', 'members:read', 'statistics:read'], 'scopes of a partner at most');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('PARTNER', 'x', %L, '{members:write}', now())$$, repeat('a', 64))), 'api_key_scopes_allowed', 'not more than its kind may');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('PARTNER', 'x', %L, '{}', now())$$, repeat('a', 64))), 'api_key_scopes_some', 'at least one scope');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('DELEGATION', 'x', %L, '{members:read}', now())$$, repeat('a', 64))), 'api_key_territory', 'a delegation''s key names it');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('NATIONAL', 'x', %L, '{members:read}', now() + interval '2 years')$$, repeat('a', 64))), 'api_key_expiry_within_a_year', 'a year at most');
select is(tap.refusal($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('NATIONAL', 'x', 'secret', '{members:read}', now())$$), 'api_key_digest_form', 'only digests are stored');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('NATIONAL', 'x', %L, '{members:read}', now())$$, tap.digest('NATIONAL'))), 'api_key_digest_key', 'no two keys are equal');
select is(tap.refusal(format($$insert into access.api_key (kind, label, digest, scopes, expires_at) values ('OTHER', '', %L, '{members:read}', now())$$, repeat('a', 64))) ~ '^api_key_', true, 'kinds and labels are checked');
select is(tap.attempt('NATIONAL', $$select access.revoke(id) is not null from access.api_key where label = 'BRETAGNE'$$, true), 'true', 'the federation revokes');
select throws_ok($$select * from session.open(tap.digest('BRETAGNE'), null, 'r', 0, true)$$, 'MA401', null, 'at once');
select is(tap.attempt('STRUCTURE', $$select access.revoke(id) is not null from access.api_key$$), 'true', 'asking for the own key is answered');
select is((select revoked_at is null from access.api_key where label = 'STRUCTURE'), true, 'but revokes nothing');
select lives_ok($$select access.note_use(array_agg(id) || gen_random_uuid(), array_agg(now()) || now()) from access.api_key$$, 'last use, unknown keys left out');
select is((select count(*)::integer from access.key_use), 5, 'is kept');

-- idempotency
select lives_ok($$select * from session.open(tap.digest('NATIONAL'), null, 'r', 0, true)$$, 'a caller');
select engine.idempotency_claim('key-1', 'digest') \g /dev/null
select engine.idempotency_store('key-1', 'digest', 201, 'Location: /x', '{"family_name":"Essai"}') \g /dev/null
select is((select body from engine.idempotency_read('key-1')), '{"family_name":"Essai"}', 'the answer is told again');
select is((select count(*) from engine.idempotency i where i::text ilike '%essai%' or position('Essai'::bytea in i.sealed_body) > 0), 0::bigint,
    'and kept under seal');
select throws_ok($$select engine.idempotency_claim('key-1', 'digest')$$, 'MA208', null, 'the same again is a replay');
select throws_ok($$select engine.idempotency_claim('key-1', 'other')$$, 'MA422', null, 'another payload is refused');
update engine.idempotency set created_at = now() - interval '73 hours';
select lives_ok($$select engine.idempotency_claim('key-1', 'other')$$, 'after 72 hours the key is free');
select * from finish();
rollback;
