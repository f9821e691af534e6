-- Calendar feeds: links, their secrets, and that a feed sees no more than its maker.
\ir fixture.inc
select plan(32);

update network.membership set ends_on = engine.today() + 30;
create temporary table made (caller text, id uuid, secret text);
grant select on made to maillage_app;
create function pg_temp.make(caller text) returns void language plpgsql as $$
begin
    perform session.open(tap.digest(caller), null, 'pgtap', 0, true);
    insert into made select make.caller, (c.link).id, c.secret from calendar.create_link('{"kind": "MEMBERSHIPS", "label": "Essai"}') c;
end $$;
create function pg_temp.names(secret text) returns text language plpgsql as $$
declare answer text;
begin
    perform session.open(null, null, 'pgtap', 0, true);
    perform set_config('role', 'maillage_app', true);
    perform calendar.open(encode(sha256(convert_to(secret, 'UTF8')), 'hex'));
    answer := (select string_agg(distinct e.summary, '|' order by e.summary) from calendar.events() e);
    perform set_config('role', 'none', true), set_config('app.calendar_link', '', true);
    return answer;
end $$;
select pg_temp.make(caller) from unnest('{STRUCTURE,BRETAGNE,PACA,NATIONAL}'::text[]) caller \g /dev/null

select is(count(distinct secret), 4::bigint, 'four secrets') from made;
select is(secret ~ '^[A-Za-z0-9_-]{43}$', true, '256 bits in base64url') from made where caller = 'PACA';
select is((select digest from calendar.link_secret s where s.link_id = m.id), encode(sha256(secret::bytea), 'hex'), 'kept as a digest')
    from made m where caller = 'PACA';
select is(pg_temp.names(secret), 'Fin de période d’adhésion : Relais A', 'a structure follows itself') from made where caller = 'STRUCTURE';
select is(pg_temp.names(secret), 'Fin de période d’adhésion : Relais A|Fin de période d’adhésion : Relais B', 'a delegation its members')
    from made where caller = 'BRETAGNE';
select is(pg_temp.names(secret) ~ 'Relais A|Relais B', false, 'not those of another one') from made where caller = 'PACA';
select is(pg_temp.names(secret), 'Fin de période d’adhésion : Relais A|Fin de période d’adhésion : Relais B|Fin de période d’adhésion : Relais C|Fin de période d’adhésion : Relais D',
    'the federation all') from made where caller = 'NATIONAL';
select is(pg_temp.names('nothing'), null, 'an unknown secret opens nothing');
select is(tap.attempt('ANONYMOUS', 'select count(*) from calendar.events()'), '0', 'without a secret no events');
select is(tap.attempt('NATIONAL', 'select count(*) from calendar.events()'), '0', 'nor with a key alone');
select is((select count(*) from calendar.link_use), 4::bigint, 'readings leave their day');
select is((select distinct last_read_on from calendar.link_use), engine.today(), 'which is today');

-- revoking
select is(tap.attempt('PACA', format('select calendar.revoke_link(%L)', id)), 'MA404', 'another delegation''s link is not known')
    from made where caller = 'BRETAGNE';
select is(tap.attempt('STRUCTURE', format('select calendar.revoke_link(%L)', id)), 'MA404', 'nor for a structure of it')
    from made where caller = 'BRETAGNE';
select is(tap.attempt('BRETAGNE', format('select (calendar.revoke_link(%L)).revoked_at is not null', id), true), 'true', 'revoked')
    from made where caller = 'BRETAGNE';
select is(pg_temp.names(secret), null, 'at once') from made where caller = 'BRETAGNE';
select is(tap.attempt('BRETAGNE', format('select (calendar.revoke_link(%L)).version', id)), '1', 'again changes nothing')
    from made where caller = 'BRETAGNE';
select is(tap.attempt('NATIONAL', format('select (calendar.revoke_link(%L)).revoked_at is not null', id)), 'true', 'the federation revokes any')
    from made where caller = 'STRUCTURE';
update calendar.kind set callers = '{NATIONAL}';
select is(pg_temp.names(secret), null, 'a kind that its maker may not have any more') from made where caller = 'STRUCTURE';
update calendar.kind set callers = '{STRUCTURE,DELEGATION,NATIONAL}';
update network.member set deleted_at = now() where id = 'a0000000-0000-7000-8000-00000000000a';
select is(pg_temp.names(secret), null, 'a member that is gone') from made where caller = 'STRUCTURE';
update network.member set deleted_at = null where id = 'a0000000-0000-7000-8000-00000000000a';

-- who sees what
select is(tap.attempt('STRUCTURE', 'select count(*) from calendar.link'), '1', 'a structure sees its link');
select is(tap.attempt('PARTNER', 'select count(*) from calendar.link'), '0', 'a partner none');
select is(tap.attempt('ANONYMOUS', 'select count(*) from calendar.link'), '0', 'nor anybody else');
select is(tap.attempt('NATIONAL', 'select * from calendar.link_secret'), '42501', 'nobody reads digests');
select is(tap.attempt('NATIONAL', 'update calendar.link set revoked_at = null'), '42501', 'nor changes a link by hand');

-- rules
select is(tap.attempt('PARTNER', $$select calendar.create_link('{"kind": "MEMBERSHIPS", "label": "x"}')$$), 'MA001 calendar_kind_not_yours', 'not for partners');
select is(tap.attempt('NATIONAL', $$select calendar.create_link('{"kind": "NOTHING", "label": "x"}')$$), 'MA001 calendar_kind_not_yours', 'an unknown kind');
select is(tap.attempt('PACA', $$select count(calendar.create_link('{"kind": "MEMBERSHIPS", "label": "x"}')) from generate_series(1, 49)$$), '49', 'fifty links');
select is(tap.attempt('PACA', $$select count(calendar.create_link('{"kind": "MEMBERSHIPS", "label": "x"}')) from generate_series(1, 50)$$), 'MA001 calendar_links_many', 'no more');
select is(tap.refusal('update calendar.link set label = '''''), 'link_label_length', 'a label says whose it is');
select is(tap.refusal('update calendar.link set member_id = null'), 'link_territory', 'a link has its maker''s territory');
select is(tap.refusal('update calendar.link_secret set digest = ''x'''), 'link_secret_digest_form', 'only digests are stored');
select * from finish();
rollback;
