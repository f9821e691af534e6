-- Cards of members: always what network.member_at says of today, whoever asks, in the transaction that changes and after it.
\ir fixture.inc
select plan(47);

create function pg_temp.settle() returns void language plpgsql as $$
begin set constraints all immediate; set constraints all deferred; end $$;
create function pg_temp.differing(caller text) returns text language sql as $$
select tap.attempt(caller, 'select count(*) from (
    (select * from network.member_at(engine.today()) except select * from network.member_today())
    union all (select * from network.member_today() except select * from network.member_at(engine.today()))) d') $$;
create function pg_temp.spoilt() returns bigint language sql as $$
select count(*) from network.member_card where good_until = '-infinity' $$;

select cmp_ok(pg_temp.spoilt(), '>', 0::bigint, 'cards are not good before the end of their transaction');
select is(pg_temp.differing(c), '0', c || ' sees the same meanwhile')
from unnest('{NATIONAL,BRETAGNE,PACA,STRUCTURE,PARTNER,ANONYMOUS}'::text[]) c;
select pg_temp.settle() \g /dev/null
select is(pg_temp.spoilt(), 0::bigint, 'all are good after it');
select is((select count(*) from network.member_card), (select count(*) from network.member where deleted_at is null), 'one for each member that is not removed');
select is(pg_temp.differing(c), '0', c || ' sees the same from the cards')
from unnest('{NATIONAL,BRETAGNE,PACA,STRUCTURE,PARTNER,ANONYMOUS}'::text[]) c;
select is(tap.attempt('PACA', format('select suspended from network.member_today() where id = %L', :C)), 'true', 'its delegation sees a suspension');
select is(tap.attempt('PARTNER', format('select suspended from network.member_today() where id = %L', :C)), 'false', 'a partner does not');
select is(tap.attempt('BRETAGNE', 'select count(*) from network.member_card'), '2', 'cards follow the territory');
select is(tap.attempt('NATIONAL', 'update network.member_card set name = ''Autre'''), '42501', 'nobody writes them');

-- Each kind of write: the card is spoilt at once, the member computed, and written again at the end.
create temporary table write (n serial, title text, statement text);
insert into write (title, statement) values
    ('a name', format('update network.member set name = ''Nouveau nom'' where id = %L', :A)),
    ('a consent', format('update network.member set public_listing_consent = false where id = %L', :A)),
    ('a period that ends', format('update network.membership set ends_on = engine.today() + 10 where member_id = %L', :A)),
    ('a period that ended', format('update network.membership set ends_on = engine.today() - 10 where member_id = %L', :B)),
    ('a suspension', format('insert into network.suspension (member_id, starts_on, reason) values (%L, engine.today(), ''Essai'')', :A)),
    ('a suspension to come', format('insert into network.suspension (member_id, starts_on, reason) values (%L, engine.today() + 5, ''Essai'')', :B)),
    ('a suspension taken back', format('delete from network.suspension where member_id = %L', :A)),
    ('an assignment', format('update network.member_delegation set ends_on = engine.today() + 20 where member_id = %L', :A)),
    ('a legal person', 'update network.organisation set legal_name = ''Autre raison sociale'' where siren = ''732829320'''),
    ('a delegation''s name', 'update network.delegation set name = ''Bretagne et alentours'' where slug = ''bretagne'''),
    ('a territory', 'update network.delegation_region set ends_on = engine.today() + 3 where region_code = ''53'''),
    ('a territory given up', 'delete from network.delegation_region where region_code = ''93'''),
    ('a commune''s name', 'update reference.commune set name = ''Rennes-la-Belle'' where code = ''35238'''),
    ('the days of grace', 'update network.dated_setting set value = 5 where name = ''grace_days'''),
    ('a removal', format('update network.member set deleted_at = now() where id = %L', :D));
create function pg_temp.through(statement text) returns text language plpgsql as $$
declare
    before bigint;
    meanwhile text;
begin
    execute statement;
    before := pg_temp.spoilt();
    meanwhile := pg_temp.differing('NATIONAL') || pg_temp.differing('PARTNER') || pg_temp.differing('BRETAGNE');
    set constraints all immediate;
    set constraints all deferred;
    return concat_ws(' ', case when before > 0 then 'spoilt' end, meanwhile, pg_temp.spoilt(),
        pg_temp.differing('NATIONAL') || pg_temp.differing('PARTNER') || pg_temp.differing('BRETAGNE'));
end $$;
select is(pg_temp.through(statement), 'spoilt 000 0 000', title) from write order by n;
select is((select count(*) from network.member_card where id = :D), 0::bigint, 'a removed member has no card');

-- How long a card is good: the same on its last day, whatever comes after it; and computed when its day has passed.
select is((select good_until from network.member_card where id = :A), engine.today() + 3, 'until the first date that makes a difference');
select is((select count(*) from network.member_card c cross join lateral (
        select day::date from generate_series(engine.today(), least(c.good_until, engine.today() + 30), '1 day') day) d
    where not exists (select from network.member_at(d.day) m where m.id = c.id
        and to_jsonb(m.*) = to_jsonb(c.*) - '{good_until,spoilt_in}'::text[])), 0::bigint, 'as the card says on each of its days');
update network.member_card set good_until = engine.today() - 1, status = 'ENDED', name = 'Périmé' where id = :A;
select ok(network.cards_are_late(), 'a day has passed');
select is(pg_temp.differing(c), '0', c || ' is told what holds today') from unnest('{NATIONAL,BRETAGNE,STRUCTURE,PARTNER}'::text[]) c;
select is(network.renew_cards(500), 1, 'the job writes it again');
select is(network.renew_cards(500), 0, 'and then has nothing to do');
select is((select name || ' ' || status from network.member_card where id = :A), 'Nouveau nom ACTIVE', 'from what holds today');
delete from network.member_card where id = :A;
select is(network.renew_cards(500), 1, 'a missing card is written too');
select is(pg_temp.differing('NATIONAL'), '0', 'and nobody is missing');

select * from finish();
rollback;
