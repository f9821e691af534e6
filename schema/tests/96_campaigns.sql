-- Campaigns and diagnostic sheets where the rules live: territory, states on any day, what is frozen, what adds up, what is sealed.
\ir fixture.inc
select plan(74);

insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, origin, starts_on, initial_ends_on, birth_year)
select ('b0000000-0000-7000-8000-0000000000' || v.id)::uuid, ('a0000000-0000-7000-8000-0000000000' || v.member)::uuid, 'AI',
    keyed.hash('pass_number', v.id), upper('00' || v.id), v.origin, v.ends_on - 729, v.ends_on, 1990
from (values ('a1', '0a', 'AI_STOCK', date '2031-03-17'), ('a2', '0a', 'AI_STOCK', '2031-03-18'), ('a3', '0a', 'DEFAULT', '2031-03-17'),
    ('b1', '0b', 'AI_STOCK', '2031-03-17'), ('c1', '0c', 'AI_STOCK', '2031-03-17'), ('f1', 'ff', 'AI_STOCK', '2031-03-17')) v (id, member, origin, ends_on);
update pass.sharing set shares_lines = true where member_id = :B;
insert into campaign.campaign (id, code, title, opens_on, closes_on, origins, ends_from, ends_to) values
    ('ca000000-0000-7000-8000-000000000001', 'ESSAI', 'Essai', engine.today(), engine.today() + 30, '{AI_STOCK}', '2031-03-17', '2031-03-17');
\set K '''ca000000-0000-7000-8000-000000000001'''
\set PA '''b0000000-0000-7000-8000-0000000000a1'''
\set PB '''b0000000-0000-7000-8000-0000000000b1'''
create function pg_temp.answer(member uuid) returns campaign.answer language sql as
$$ select a from campaign.answer a where a.member_id = member $$;
create function pg_temp.fill(member uuid) returns void language sql as
$$ update campaign.answer set people_count = 6, by_age_band = '{"UNKNOWN": 6}', by_rqth = '{"YES": 1, "NO": 5}',
    by_planned_outcome = '{"UNDECIDED": 6}', started_on = engine.today() where member_id = member $$;

-- --- the campaign ---
select is(tap.attempt(c, 'select count(*) from campaign.campaigns()'), n, c || ' sees ' || n || ' drafts')
from (values ('NATIONAL', '1'), ('BRETAGNE', '0'), ('STRUCTURE', '0'), ('PARTNER', '0'), ('ANONYMOUS', '0')) v (c, n);
select is(tap.attempt(c, format('select campaign.open_campaign(%L, 1)', :K)), 'MA001 not_yours_to_change', c || ' opens none')
from unnest(array['BRETAGNE', 'STRUCTURE', 'PARTNER']) c;
select is(tap.attempt('NATIONAL', format('select campaign.open_campaign(%L, 2) is null', :K)), 'true', 'not by another version');
select is(tap.attempt('STRUCTURE', format($$insert into campaign.campaign (code, title, opens_on, closes_on, ends_from, ends_to)
    values ('AUTRE', 'Autre', '2026-01-01', '2026-12-31', '2026-01-01', '2026-12-31')$$)), '42501', 'a structure makes none');
select is(tap.refusal(format('update campaign.campaign set %s where id = %L', s, :K)), r, r || ': ' || s)
from (values ('opens_on = closes_on', 'campaign_dates_order'), ('ends_to = ends_from - 1', 'campaign_ends_order'),
    ($$region_codes = '{53,99}'$$, 'campaign_region_known'), ($$origins = '{}'$$, 'campaign_origins_known'),
    ($$status = 'CLOSED'$$, 'campaign_status_order'), ($$status = 'OPEN'$$, 'campaign_status_dates'),
    ($$region_codes = '{53}'$$, 'accepted')) v (s, r);
select is(tap.refusal(format('insert into campaign.answer (campaign_id, member_id) values (%L, %L)', :K, :A)), 'campaign_not_open', 'nobody answers a draft');
select is(tap.attempt('NATIONAL', format('select campaign.open_campaign(%L, 1)', :K), true), :K, 'the federation opens it');
select results_eq(format('select member_id from campaign.answer where campaign_id = %L order by 1', :K),
    $$values ('a0000000-0000-7000-8000-00000000000a'::uuid), ('a0000000-0000-7000-8000-00000000000b'), ('a0000000-0000-7000-8000-00000000000c')$$,
    'members with a PASS in the cohort; not the removed one');
select results_eq('select pass_id from campaign.line where answer_id in (select id from campaign.answer where member_id = ''a0000000-0000-7000-8000-00000000000a'')',
    format('values (%L::uuid)', :PA), 'one line: another end and another origin are outside');
select is(tap.refusal(format('update campaign.campaign set %s where id = %L', s, :K)), r, r || ' once open: ' || s)
from (values ('ends_to = ends_to + 1', 'campaign_rule_frozen'), ('origins = null', 'campaign_rule_frozen'),
    ($$siae_kinds = '{AI}'$$, 'campaign_rule_frozen'), ('closes_on = closes_on + 9', 'accepted'), ($$title = 'Autre titre'$$, 'accepted')) v (s, r);
select is(tap.refusal(format('insert into campaign.answer (campaign_id, member_id) values (%L, %L)', :K, :A)), 'answer_one_per_member', 'one answer per member');
select is(tap.refusal(format('insert into campaign.line (campaign_id, answer_id, pass_id) values (%L, %L, %L)', :K, (pg_temp.answer(:A)).id, :PA)),
    'line_one_per_pass', 'one line per PASS');
select is(tap.refusal(format('insert into campaign.line (campaign_id, answer_id, pass_id) values (%L, %L, %L)', :K, (pg_temp.answer(:B)).id, 'b0000000-0000-7000-8000-0000000000a3')),
    'line_pass_of_member', 'under the answer of its own structure');

-- --- territory ---
select is(tap.attempt(c, 'select count(*) from campaign.answer'), n, c || ' sees ' || n || ' answers')
from (values ('NATIONAL', '3'), ('BRETAGNE', '2'), ('PACA', '1'), ('STRUCTURE', '1'), ('PARTNER', '0'), ('ANONYMOUS', '0')) v (c, n);
select is(tap.attempt(c, 'select count(*) from campaign.line'), n, c || ' sees ' || n || ' lines')
from (values ('NATIONAL', '0'), ('BRETAGNE', '1'), ('PACA', '0'), ('STRUCTURE', '1'), ('PARTNER', '0')) v (c, n);
select is(tap.attempt('STRUCTURE', format($$update campaign.line set planned_outcome = 'CDI' where pass_id <> %L$$, :PA)), '0 rows', 'nor writes those of others');
select is(tap.attempt('STRUCTURE', 'select * from campaign.result'), '42501', 'results are counted, never read');

-- --- headcounts ---
select is(tap.refusal(format('update campaign.answer set %s where member_id = %L', s, :A)), r, r || ': ' || s)
from (values ($$people_count = 6, by_rqth = '{"YES": 5}'$$, 'answer_headcounts_add_up'), ($$by_rqth = '{"YES": 5}'$$, 'answer_total_needed'),
    ($$people_count = 1, by_rqth = '{"MAYBE": 1}'$$, 'answer_rqth_known'), ($$people_count = 1, by_rqth = '{"YES": "1"}'$$, 'answer_rqth_known'),
    ($$people_count = 1, by_rqth = '[1]'$$, 'answer_headcounts_add_up'), ('started_on = engine.today(), submitted_on = engine.today()', 'answer_complete'),
    ($$people_count = 1, by_planned_outcome = '{"CDI": 1}'$$, 'accepted')) v (s, r);
select pg_temp.fill(:A) \g /dev/null
select is((select string_agg(campaign.answer_state(a, c.closes_on, c.closed_on, d), ' ' order by d) from campaign.answer a
    join campaign.campaign c on c.id = a.campaign_id cross join unnest(array[c.closes_on, c.closes_on + 1]) d where a.member_id = :A),
    'STARTED LATE', 'late from the day after the last one on');
select is(tap.attempt('BRETAGNE', format('select campaign.validate_answer(%L, %s)', (pg_temp.answer(:A)).id, (pg_temp.answer(:A)).version)),
    'MA001 answer_not_submitted', 'nothing is validated before it is submitted');
select is(tap.attempt('STRUCTURE', format('select campaign.submit_answer(%L, %s) is not null', (pg_temp.answer(:A)).id, (pg_temp.answer(:A)).version), true), 'true', 'submitted');
select is(tap.attempt('PACA', format('select campaign.validate_answer(%L, %s) is null', (pg_temp.answer(:A)).id, (pg_temp.answer(:A)).version)), 'true', 'not by another delegation');
select is(tap.attempt('BRETAGNE', format('select campaign.validate_answer(%L, %s) is not null', (pg_temp.answer(:A)).id, (pg_temp.answer(:A)).version), true), 'true', 'but by its own');
select is(tap.refusal(s), 'answer_validated', 'validated: ' || left(s, 30))
from (values (format('update campaign.answer set people_count = null where member_id = %L', :A)),
    (format($$update campaign.line set planned_outcome = 'CDI' where pass_id = %L$$, :PA))) v (s);

-- --- closed ---
select is(tap.attempt('NATIONAL', format('select campaign.close_campaign(%L, version) from campaign.campaign where id = %1$L', :K), true), :K, 'closed');
select is(tap.refusal(s), 'campaign_frozen', 'frozen: ' || left(s, 30))
from (values (format('update campaign.answer set validated_on = null where member_id = %L', :A)),
    (format($$update campaign.line set planned_outcome = 'CDI' where pass_id = %L$$, :PB)),
    (format('insert into campaign.answer (campaign_id, member_id) values (%L, %L)', :K, :D)),
    (format('update campaign.campaign set closes_on = closes_on + 1 where id = %L', :K))) v (s);
delete from pass.pass where id = :PB;
select is((select count(*)::integer from campaign.line where pass_id = :PB) + (select count(*)::integer from campaign.result r
    join campaign.answer a on a.id = r.answer_id where a.member_id = :B), 1, 'an erased PASS takes its line along, the count stays');

-- --- the sheet ---
insert into campaign.sheet (pass_id, number, items) values (:PA, 1, '[{"need": "MONEY", "level": "PLUS"}]');
select is(tap.refusal(format('update campaign.sheet set %s', s)), r, r || ': ' || left(s, 40))
from (values ($$items = '[{"need": "HEALTH", "level": "PLUS"}]'$$, 'sheet_items_valid'), ($$items = '[{"need": "MONEY", "level": "PLUS", "note": "texte"}]'$$, 'sheet_items_valid'),
    ('filled_on = engine.today() + 1', 'sheet_date_in_future'),
    ($$state = 'SIGNED', signed_at = now(), signature = sha256('')$$, 'sheet_complete')) v (s, r);
select is(tap.refusal(format('insert into campaign.sheet (pass_id, number) values (%L, 2)', :PA)), 'sheet_one_draft', 'one draft');
update campaign.sheet set filled_on = engine.today(), time_done = 'ONE_YEAR', months_asked = 12, needs_count = 14, state = 'SIGNED', signed_at = now(), signature = sha256('');
select is(tap.refusal(format('insert into campaign.sheet (pass_id, number, filled_on, time_done, months_asked, needs_count, state, signed_at, signature)
    values (%L, 2, engine.today(), ''ONE_YEAR'', 1, 14, ''SIGNED'', now(), sha256(''''))', :PA)), 'sheet_one_signed', 'one version in force');
select is(tap.refusal('update campaign.sheet set months_asked = 6'), 'sheet_signed_frozen', 'what is signed stands');
select is(tap.refusal($$update campaign.sheet set state = 'DRAFT', signed_at = null, signature = null$$), 'sheet_signed_frozen', 'and is never a draft again');
select is(tap.attempt(c, 'select count(*) from campaign.sheet'), n, c || ' sees ' || n || ' sheets')
from (values ('STRUCTURE', '1'), ('BRETAGNE', '0'), ('NATIONAL', '0'), ('PARTNER', '0')) v (c, n);
select * from finish();
rollback;
