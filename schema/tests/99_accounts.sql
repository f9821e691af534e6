-- People who sign in: accounts, sessions, counting of attempts. The connection brings the key (schema/tests/run).
\ir fixture.inc
select plan(41);

select access.create_account('DELEGATION', 'Bretagne', ' Une.Personne@Exemple.invalid ', '$argon2id$a', 'd0000000-0000-7000-8000-000000000053', null) \g /dev/null
create function pg_temp.begin_as(login text, address text, key text default null) returns text language sql as
$$ select concat_ws(' ', case when b.attempt is not null then 'attempt' end, case when b.account_id is not null then 'account' end,
    case when b.key_id is not null then 'key' end, case when b.retry_after is not null then 'wait' end)
   from access.sign_in_begin(login, key, address) b $$;
create function pg_temp.fail(login text, address text, times integer) returns void language sql as
$$ select access.sign_in_begin(login, null, address) from generate_series(1, times) $$;

-- accounts
select is(keyed.open('account_email', email_sealed), 'une.personne@exemple.invalid', 'an address is kept sealed') from access.account;
select is(email_hash, keyed.hash('account_email', 'une.personne@exemple.invalid'), 'and found by its hash') from access.account;
select is(tap.refusal($$select access.create_account('NATIONAL', 'x', 'UNE.personne@exemple.invalid', '$argon2id$a', null, null)$$), 'account_email_key', 'one account an address');
select is(tap.refusal($$select access.create_account('NATIONAL', 'x', 'none', '$argon2id$a', null, null)$$), 'account_email_form', 'an address has a form');
select is(tap.refusal($$select access.create_account('NATIONAL', 'x', 'a@b.fr', 'plain', null, null)$$), 'account_password_argon2id', 'passwords are argon2id');
select is(tap.refusal($$select access.create_account('STRUCTURE', 'x', 'a@b.fr', '$argon2id$a', null, null)$$), 'account_territory', 'a structure''s account names it');
select is(tap.refusal($$select access.create_account('ANONYMOUS', 'x', 'a@b.fr', '$argon2id$a', null, null)$$), 'account_kind_known', 'the kinds of caller');
select is(tap.refusal($$update access.account set label = ''$$), 'account_label_length', 'a label');

-- attempts
select is(pg_temp.begin_as('UNE.PERSONNE@exemple.invalid', '192.0.2.1'), 'attempt account', 'the account, however written');
select is(pg_temp.begin_as('autre@exemple.invalid', '192.0.2.1'), 'attempt', 'an unknown address is counted too');
select is(pg_temp.begin_as(null, '192.0.2.1', tap.digest('PARTNER')), 'attempt key', 'a key');
select is(count(*), 3::bigint, 'three attempts') from access.sign_in_attempt where not succeeded;
select pg_temp.fail('une.personne@exemple.invalid', '192.0.2.1', 4) \g /dev/null
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.1'), 'wait', 'after five failures this address waits');
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.2'), 'attempt account', 'another one does not');
update access.sign_in_attempt set occurred_at = now() - interval '15 minutes 1 second';
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.1'), 'attempt account', 'a quarter of an hour later it may again');
select pg_temp.fail('a' || i || '@exemple.invalid', '2001:db8::1', 1) from generate_series(1, 30) i \g /dev/null
select is(pg_temp.begin_as('une.personne@exemple.invalid', '2001:db8::ffff'), 'wait', 'thirty failures of one network hold it back');
select is(pg_temp.begin_as('une.personne@exemple.invalid', '2001:db8:0:1::1'), 'attempt account', 'but not the next');
delete from access.sign_in_attempt;
insert into access.sign_in_attempt (login_hash, address_hash, succeeded, occurred_at)
select email_hash, keyed.hash('sign_in_address', '192.0.2.9'), true, now() - interval '29 days' from access.account;
insert into access.sign_in_attempt (login_hash, address_hash)
select email_hash, sha256(i::text::bytea) from access.account, generate_series(1, 50) i;
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.8'), 'wait', 'fifty failures everywhere hold strangers back');
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.9'), 'attempt account', 'never the place where the person signs in');
select is(access.address_block('no address'), 'unknown', 'an address that is none');
select is(access.address_block('2001:db8:1:2:3::4'), '2001:db8:1:2::', 'IPv6 counts by 64 bits');

-- sessions
create temporary table s as select id as account from access.account;
select is((select caller from s, access.sign_in_end(null, account, null, '$argon2id$a', tap.digest('token'))), 'DELEGATION', 'signed in');
select is((select count(*) from s, access.sign_in_end(null, account, null, '$argon2id$b', tap.digest('late'))), 0::bigint, 'not with a password that was replaced meanwhile');
select results_eq($$select o.caller, o.key_id, o.delegation_id, o.scopes ~ 'members:write' from session.open('s:' || tap.digest('token'), 'members:write', 'r', 0, true) o$$,
    $$select 'DELEGATION', account, 'd0000000-0000-7000-8000-000000000053'::uuid, true from s$$, 'a session is its account');
select is(session.ends_at(), now() + interval '12 hours', 'for twelve hours');
select throws_ok($$select * from session.open('s:' || tap.digest('token'), 'keys:manage', 'r', 0, true)$$, 'MA403', null, 'with the scopes of its kind');
select throws_ok($$select * from session.open(tap.digest('token'), null, 'r', 0, true)$$, 'MA401', null, 'a token is no key');
select throws_ok($$select * from session.open('s:' || tap.digest('BRETAGNE'), null, 'r', 0, true)$$, 'MA401', null, 'a key is no token');
select is(session.ends_at(), now() + interval '12 hours', 'still open');
select lives_ok($$select * from session.open(tap.digest('BRETAGNE'), null, 'r', 0, true)$$, 'a key opens as before');
select is(session.ends_at(), null, 'and has no session');
select is((select caller from access.api_key k, access.sign_in_end(null, null, k.id, null, tap.digest('by key')) where k.label = 'PARTNER'), 'PARTNER', 'signed in with a key');
select lives_ok($$select * from session.open('s:' || tap.digest('by key'), null, 'r', 0, true)$$, 'which is the key''s caller');
update access.api_key set revoked_at = now() where label = 'PARTNER';
select throws_ok($$select * from session.open('s:' || tap.digest('by key'), null, 'r', 0, true)$$, 'MA401', null, 'until the key is revoked');
select is(access.disable_account('une.personne@exemple.invalid'), true, 'disabled');
select throws_ok($$select * from session.open('s:' || tap.digest('token'), null, 'r', 0, true)$$, 'MA401', null, 'ends the session');
select is(pg_temp.begin_as('une.personne@exemple.invalid', '192.0.2.9'), 'attempt', 'and is not found again');

-- the daemon reaches nothing but functions
select is(tap.attempt('NATIONAL', 'select * from access.account'), '42501', 'no account');
select is(tap.attempt('NATIONAL', 'select * from access.session'), '42501', 'no session');
select is(tap.attempt('NATIONAL', $$select access.begin_session(gen_random_uuid(), null, 'x')$$), '42501', 'begins none by itself');
select is(tap.attempt('NATIONAL', $$select access.reset_account('a@b.fr', 'x')$$), '42501', 'and resets nobody');
select * from finish();
rollback;
