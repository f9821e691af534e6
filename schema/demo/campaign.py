"""Two campaigns on the PASS of the stock: that of 2023 for the wave of 30 November 2023, closed, in which the 45,000 people
are counted; and one that is open on the day of loading, for the wave of 29 November 2026. What people intended and what
came of it follows from their pathways (passes.py); the database counts, per structure. Two diagnostic sheets besides."""

import datetime

from pathways import EPOCH, FIXED

FINAL = {"MOVED": "REMOVED", "DEATH": "REMOVED", "LONG_ILLNESS": "REMOVED"}  # the campaign does not tell why
PROLONGED = {"COMPLETE_TRAINING": "PROLONG_TRAINING", "RQTH": "PROLONG_RQTH", "SENIOR": "PROLONG_SENIOR",
             "PARTICULAR_DIFFICULTIES": "PROLONG_DIFFICULTIES", "SENIOR_CDI": "CDI_INCLUSION", "HEALTH_CONTEXT": "PROLONG_TRAINING"}
HOPES = ["CDI"] * 2 + ["CDD_OVER_6_MONTHS"] * 3 + ["CDD_UNDER_6_MONTHS"] * 3 + ["TRAINING"] * 2 + ["OTHER_SIAE"] * 2 \
    + ["EBE", "ETT_ESS"] + ["UNDECIDED"] * 4
WAYS_OUT = HOPES + ["NEW_PASS_PRESCRIBER"] * 8
COLUMNS = "pass_id uuid, rqth text, band_2023 text, planned_2023 text, final_2023 text, band_2026 text, planned_2026 text," \
          " prescriber_kind text, asked integer, decision text, decided integer"


def band(birth_year, year):
    age = year - birth_year - 1  # of whom it is not known whether the birthday has come
    return "UNDER_26" if age < 26 else "FROM_26_TO_49" if age < 50 else "FROM_50_TO_56" if age < 57 else "FROM_57"


class Stock:
    """What each person of the stock intended, and what came of it."""

    def __init__(self, random):
        self.random = random

    def row(self, mine, way):
        final = self.final(way)
        planned = final if final != "UNDECIDED" and self.random.random() < 0.7 else self.random.choice(HOPES)
        disabled = any(reason == "RQTH" for _, _, reason, *_ in way.prolongations)
        rqth = "YES" if disabled else self.random.choice(["YES"] + ["NO"] * 7 + ["UNKNOWN"])
        return (mine, rqth, band(way.birth_year, 2023), "UNDECIDED" if planned == "REMOVED" else planned, final,
                band(way.birth_year, 2026), self.hope(way), *self.request(way))

    def final(self, way):
        if way.prolongations:
            return PROLONGED[way.prolongations[0][2]]
        if way.outcome:
            return FINAL.get(way.outcome[0], way.outcome[0])
        return "SUSPENDED" if way.ends > FIXED + (datetime.date(2023, 12, 31) - EPOCH).days else "UNDECIDED"

    def hope(self, way):
        """After three prolongations: 50 and over, CDI inclusion from 57, a new PASS, or a way out."""
        age, chance = 2026 - way.birth_year, self.random.random()
        if way.requests and way.requests[-1][4] < FIXED // 2:
            return "PROLONG_SENIOR"
        if age > 57 and chance < 0.5:
            return "CDI_INCLUSION"
        return "PROLONG_SENIOR" if age > 50 and chance < 0.7 else self.random.choice(WAYS_OUT)

    def request(self, way):
        """The last request, where it is of these months: its prescriber, its days, its decision."""
        if not way.requests or way.requests[-1][4] >= FIXED // 2:
            return None, None, None, None
        _, _, _, prescriber, asked, state, decided, *_ = way.requests[-1]
        return prescriber, asked, None if state == "PENDING" else state, decided


# A structure's luck between 0 and 99, the same on every load of the same seed.
LUCK = """
create function pg_temp.luck(member uuid, salt text) returns integer language sql immutable as $$
    select ('x' || left(md5(member::text || salt), 6))::bit(24)::integer % 100
$$;
create temporary table demo_stock on commit drop as
select c.*, k.member_id, k.ends_on from demo_campaign c
join (select id, member_id, ends_on from demo_kept union all select id, member_id, ends_on from demo_gone) k on k.id = c.pass_id;
analyze demo_stock;
"""
HEADCOUNTS = """
create function pg_temp.headcounts(codes text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(c.code, c.people), '{}') from (select code, count(*) as people from unnest(codes) code group by 1) c
$$;
"""
CLOSED = """
insert into campaign.campaign (id, code, title, status, opens_on, closes_on, origins, siae_kinds, ends_from, ends_to, opened_on)
values ('%(closed)s', 'VAGUE-2023', 'Fins de PASS du 30 novembre 2023', 'OPEN', '2023-02-06', '2023-12-15', '{AI_STOCK}', '{AI}',
    '2023-11-01', '2024-12-31', '2023-02-06');
insert into campaign.answer (campaign_id, member_id, delegation_id, invited_on, started_on, submitted_on, validated_on, validated_by,
    people_count, by_age_band, by_rqth, by_planned_outcome)
select '%(closed)s', s.member_id, d.delegation_id, '2023-02-06', date '2023-02-07' + pg_temp.luck(s.member_id, 'a'),
    date '2023-05-25' + pg_temp.luck(s.member_id, 'b') * 2 + case when pg_temp.luck(s.member_id, 'c') = 0 then 30 else 0 end,
    case when pg_temp.luck(s.member_id, 'd') > 2 then date '2024-01-10' end,
    case when pg_temp.luck(s.member_id, 'd') > 2 then d.delegation_id end,
    count(*), pg_temp.headcounts(array_agg(s.band_2023)), pg_temp.headcounts(array_agg(s.rqth)),
    pg_temp.headcounts(array_agg(s.planned_2023))
from demo_stock s
left join network.member_delegation d on d.member_id = s.member_id and d.is_primary and d.during @> date '2023-02-06'
group by s.member_id, d.delegation_id;
insert into campaign.result (answer_id, outcome, lines_count)
select a.id, s.final_2023, count(*)
from campaign.answer a join demo_stock s on s.member_id = a.member_id where a.campaign_id = '%(closed)s' group by 1, 2;
-- the lines of those whose PASS is still followed
insert into campaign.line (campaign_id, answer_id, pass_id, planned_outcome, final_outcome, final_on)
select a.campaign_id, a.id, s.pass_id, nullif(s.planned_2023, 'UNDECIDED'), nullif(s.final_2023, 'UNDECIDED'),
    case when s.final_2023 <> 'UNDECIDED' then date '2023-11-30' end
from campaign.answer a join demo_stock s on s.member_id = a.member_id join demo_kept k on k.id = s.pass_id
where a.campaign_id = '%(closed)s';
update campaign.campaign set status = 'CLOSED', closed_on = '2024-01-31' where id = '%(closed)s';
"""
OPEN = """
insert into campaign.campaign (id, code, title, status, opens_on, closes_on, origins, siae_kinds, ends_from, ends_to,
    prolonged_days_from, opened_on)
values ('%(open)s', 'VAGUE-2026', 'Fins de PASS du 29 novembre 2026', 'OPEN', engine.today() - 85, engine.today() + 20,
    '{AI_STOCK}', '{AI}', '2026-11-01', '2027-12-31', 730, engine.today() - 85);
create temporary table demo_cohort on commit drop as
select p.member_id, p.id as pass_id, s.*, 100 * (p.member_id = d.member_id)::integer + pg_temp.luck(p.member_id, 'e') as luck
from pass.pass p
cross join lateral (select band_2026, rqth, planned_2026, prescriber_kind, asked, decision, decided from demo_stock s
    where s.pass_id = p.id) s
cross join campaign.campaign c
cross join (select k.member_id from demo_kept k join demo_pass x using (id) where x.member_id is null limit 1) d
where c.id = '%(open)s' and campaign.in_cohort(c, p);
-- luck: invited below 20, started below 40 and from 100 on (the structure of the demonstration key), submitted below 65, validated
insert into campaign.answer (campaign_id, member_id, delegation_id, invited_on, started_on, submitted_on, validated_on, validated_by,
    people_count, by_age_band, by_rqth, by_planned_outcome)
select '%(open)s', s.member_id, d.delegation_id, engine.today() - 85,
    case when s.luck >= 20 then engine.today() - 84 + pg_temp.luck(s.member_id, 'f') %% 30 end,
    case when s.luck between 40 and 99 then engine.today() - 40 + pg_temp.luck(s.member_id, 'g') %% 20 end,
    case when s.luck between 65 and 99 then engine.today() - 15 + pg_temp.luck(s.member_id, 'h') %% 14 end,
    case when s.luck between 65 and 99 then d.delegation_id end,
    case when s.luck >= 40 then count(*) end, case when s.luck >= 40 then pg_temp.headcounts(array_agg(s.band_2026)) end,
    case when s.luck between 40 and 99 then pg_temp.headcounts(array_agg(s.rqth)) end,
    case when s.luck between 40 and 99 then pg_temp.headcounts(array_agg(s.planned_2026)) end
from demo_cohort s
left join network.member_delegation d on d.member_id = s.member_id and d.is_primary and d.during @> engine.today() - 85
group by s.member_id, s.luck, d.delegation_id;
insert into campaign.line (campaign_id, answer_id, pass_id, planned_outcome, prescriber_kind, prescriber_contacted_on,
    requested_on, decision, decided_on, final_outcome, final_on)
select a.campaign_id, a.id, s.pass_id, case when s.luck >= 20 then nullif(s.planned_2026, 'UNDECIDED') end,
    s.prescriber_kind, engine.today() + s.asked - 7, engine.today() + s.asked, s.decision, engine.today() + s.decided,
    case when s.decision = 'GRANTED' then 'PROLONG_SENIOR' end, case when s.decision = 'GRANTED' then engine.today() + s.decided end
from campaign.answer a join demo_cohort s on s.member_id = a.member_id
where a.campaign_id = '%(open)s';
"""
# For two lines of the structure of the demonstration key: a signed sheet, and one that is being filled in.
SHEETS = """
create temporary table demo_sheet on commit drop as
select k.id as pass_id, row_number() over (order by k.id) as place, set_config('app.member_id', k.member_id::text, true) as member
from demo_kept k join demo_pass x using (id) where x.member_id is null and x.origin = 'AI_STOCK' order by k.id limit 2;
do $$
declare
    sheet record;
    content jsonb := jsonb_build_object('filled_on', engine.today() - 3, 'time_done', 'OVER_THREE_YEARS', 'months_asked', 12,
        'items', (select jsonb_agg(jsonb_build_object('need', n.need, 'level',
                (array['PLUS_PLUS', 'PLUS', 'MINUS', 'MINUS_MINUS'])[1 + n.place %% 4],
                'actions_done', case when n.place %% 3 = 0 then '["TRAINING", "PERSONAL_SUPPORT"]'::jsonb else '["WORKSHOPS"]' end,
                'planned_action', case when n.place %% 4 = 0 then 'NOT_NEEDED' else 'EXTERNAL_SERVICES' end) order by n.place)
            from unnest(campaign.needs()) with ordinality n (need, place)));
begin
    for sheet in select * from demo_sheet loop
        if sheet.place = 1 then
            perform campaign.save_sheet(sheet.pass_id, 0, content);
            perform campaign.sign_sheet(sheet.pass_id, 1);
        else
            perform campaign.save_sheet(sheet.pass_id, 0, jsonb_build_object('items', content -> 'items' #- '{13}' #- '{12}'));
        end if;
    end loop;
    perform set_config('app.member_id', '', true);
end $$;
"""
STORED = ("campaign.campaign", "campaign.answer", "campaign.line", "campaign.result", "campaign.sheet")


def write(writer, random, pathways):
    """Everything in the transaction that `writer` has open, after the PASS (pass_rows.py), whose stages it reads."""
    stock = Stock(random)
    rows = [stock.row(writer.id("pass", position), way) for position, way in enumerate(pathways, 1) if way.origin == "AI_STOCK"]
    writer.stage("demo_campaign", COLUMNS, rows)
    names = {"closed": writer.id("campaign", 2023), "open": writer.id("campaign", 2026)}
    # The triggers look at every line by itself; here they would look 20,000 times at the same few answers.
    writer.out.write(LUCK + HEADCOUNTS + "alter table campaign.line disable trigger user;\n" + CLOSED % names + OPEN % names
                     + "alter table campaign.line enable trigger user;\n" + SHEETS.replace("%%", "%"))
    writer.tables += STORED
