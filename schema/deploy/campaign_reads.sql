-- What is shown of campaigns: states of answers on any day, lines with what to check, and the parts that need to look at
-- rows beyond the caller's territory (security definer), which say why.
begin;

create function campaign.answer_state(answer campaign.answer, closes_on date, closed_on date, as_of date) returns text
    language sql immutable parallel safe
    as $$
    select case when answer.validated_on <= as_of then 'VALIDATED'
        when answer.submitted_on <= as_of then 'SUBMITTED'
        when as_of > answer_state.closes_on or as_of >= answer_state.closed_on then 'LATE'
        when answer.started_on <= as_of then 'STARTED'
        else 'INVITED' end
    $$;
comment on function campaign.answer_state(campaign.answer, date, date, date) is
    'State of an answer on a day. LATE follows from the closing day alone: the day after it, or the campaign closed early.';

create function campaign.sees_lines(member uuid) returns boolean
    language sql stable
    as $$ select coalesce(member = session.member_id(), false) or coalesce(member = any (pass.shared_members()), false) or session.caller() = '' $$;
comment on function campaign.sees_lines(uuid) is
    'Whether the caller reads the lines of a structure: itself, its delegation where it shares them, the owner.';

-- Looks at lines that the caller may not see, and tells only whether they contradict the headcounts.
create function campaign.differs_from_lines(answer uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select case when a.people_count is null then false
        else a.people_count < (select count(*) from campaign.line l where l.answer_id = a.id)
            or exists (select from campaign.line l where l.answer_id = a.id and l.planned_outcome is not null
                group by l.planned_outcome having count(*) > coalesce((a.by_planned_outcome ->> l.planned_outcome)::integer, 0)) end
    from campaign.answer a where a.id = answer
    $$;
comment on function campaign.differs_from_lines(uuid) is
    'Fewer people declared than lines there are, in all or for an intended outcome: something to look at before validating.';

create type campaign.answer_row as (
    id uuid, version integer, campaign_id uuid, campaign_code text, member_id uuid, member_name text, member_kind text,
    delegation_id uuid, delegation_name text, state text, invited_on date, started_on date, submitted_on date,
    submitted_late boolean, validated_on date, validated_by uuid, returned_on date, closes_on date, people_count integer,
    by_age_band jsonb, by_rqth jsonb, by_planned_outcome jsonb, headcounts_hidden boolean, lines_count integer,
    lines_planned_count integer, differs_from_lines boolean, created_at timestamptz, updated_at timestamptz);
comment on type campaign.answer_row is 'An answer as the contract shows it.';

create function campaign.answers_at(as_of date) returns setof campaign.answer_row
    language sql stable rows 500
    as $$
    select a.id, a.version, a.campaign_id, c.code, a.member_id, m.name, m.kind, a.delegation_id, d.name,
        campaign.answer_state(a, c.closes_on, c.closed_on, as_of), a.invited_on, a.started_on, a.submitted_on,
        a.submitted_on > c.closes_on, a.validated_on, a.validated_by, a.returned_on, c.closes_on,
        case when s.sees then a.people_count end, case when s.sees then a.by_age_band end, case when s.sees then a.by_rqth end,
        case when s.sees then a.by_planned_outcome end, not s.sees, case when s.sees then l.all_lines end,
        case when s.sees then l.planned end, campaign.differs_from_lines(a.id), a.created_at, a.updated_at
    from campaign.answer a
    join campaign.campaign c on c.id = a.campaign_id
    join network.member m on m.id = a.member_id
    left join network.delegation d on d.id = a.delegation_id
    cross join lateral (select campaign.sees_lines(a.member_id) as sees offset 0) s
    left join lateral (
        select count(*)::integer as all_lines, count(x.planned_outcome)::integer as planned
        from campaign.line x where x.answer_id = a.id) l on s.sees
    where a.invited_on <= as_of
    $$;
comment on function campaign.answers_at(date) is
    'Answers that the caller sees, as of a day. Headcounts only for who reads the lines of the structure: the others have the summary.';

create function campaign.reminders_at(as_of date)
    returns table (id uuid, campaign_id uuid, member_id uuid, member_name text, member_kind text, delegation_id uuid,
        delegation_name text, email text, phone text, state text, invited_on date, returned_on date, closes_on date, days_left integer)
    language sql stable rows 200
    as $$
    select a.id, a.campaign_id, a.member_id, m.name, m.kind, a.delegation_id, d.name, m.email, m.phone, s.state, a.invited_on,
        a.returned_on, c.closes_on, c.closes_on - as_of
    from campaign.answer a
    join campaign.campaign c on c.id = a.campaign_id
    join network.member m on m.id = a.member_id
    left join network.delegation d on d.id = a.delegation_id
    cross join lateral (select campaign.answer_state(a, c.closes_on, c.closed_on, as_of) as state) s
    where a.invited_on <= as_of and s.state in ('INVITED', 'STARTED', 'LATE')
    $$;
comment on function campaign.reminders_at(date) is 'Structures that had not submitted their answer by a day.';

create function campaign.line_warnings(line campaign.line, pass pass.pass, as_of date) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(w.code order by w.place), '{}') from (values
        (1, 'CDI_INCLUSION_TOO_YOUNG', line.planned_outcome = 'CDI_INCLUSION'
            and pass.birth_year > extract(year from as_of) - pass.rule_value('SENIOR_CDI_AGE', as_of)),
        (2, 'CDI_INCLUSION_PATHWAY_SHORT', line.planned_outcome = 'CDI_INCLUSION'
            and pass.shift_by(pass.starts_on, 'SENIOR_CDI_PATHWAY', as_of) > as_of),
        (3, 'SENIOR_TOO_YOUNG', line.planned_outcome = 'PROLONG_SENIOR'
            and pass.birth_year > extract(year from as_of) - pass.rule_value('SENIOR_AGE', as_of)),
        (4, 'DIFFICULTIES_EMPLOYER_KIND', line.planned_outcome = 'PROLONG_DIFFICULTIES' and pass.siae_kind not in ('AI', 'ACI')),
        (5, 'PROLONGATION_CAP_REACHED',
            line.planned_outcome in ('PROLONG_RQTH', 'PROLONG_SENIOR', 'PROLONG_DIFFICULTIES')
            and pass.prolonged_days >= pass.rule_value(case line.planned_outcome when 'PROLONG_RQTH' then 'PROLONGATION_CAP_RQTH'
                when 'PROLONG_SENIOR' then 'PROLONGATION_CAP_SENIOR'
                else 'PROLONGATION_CAP_PARTICULAR_DIFFICULTIES' end, as_of))) w (place, code, holds)
    where w.holds and line.final_outcome is null
    $$;
comment on function campaign.line_warnings(campaign.line, pass.pass, date) is
    'What the intended outcome meets in the rules of the PASS on a day; a year of birth that could still be right is not doubted.';

create type campaign.line_row as (
    id uuid, version integer, campaign_id uuid, answer_id uuid, pass_id uuid, member_id uuid, number_last4 text,
    siae_kind text, origin text, starts_on date, ends_on date, prolonged_days integer, planned_outcome text,
    prescriber_kind text, prescriber_contacted_on date, requested_on date, decision text, decided_on date,
    final_outcome text, final_on date, warnings text[], created_at timestamptz, updated_at timestamptz);
comment on type campaign.line_row is 'A line as the contract shows it, with its PASS.';

create function campaign.lines_at(as_of date) returns setof campaign.line_row
    language sql stable rows 1000
    as $$
    select l.id, l.version, l.campaign_id, l.answer_id, l.pass_id, p.member_id, p.number_last4, p.siae_kind, p.origin, p.starts_on,
        p.ends_on, p.prolonged_days, l.planned_outcome, l.prescriber_kind, l.prescriber_contacted_on, l.requested_on,
        l.decision, l.decided_on, l.final_outcome, l.final_on, campaign.line_warnings(l, p, as_of), l.created_at, l.updated_at
    from campaign.line l join pass.pass p on p.id = l.pass_id
    $$;
comment on function campaign.lines_at(date) is 'Lines that the caller sees, with their PASS and what to check on a day.';

create type campaign.campaign_row as (
    id uuid, version integer, code text, title text, status text, opens_on date, closes_on date, origins text[],
    siae_kinds text[], region_codes text[], ends_from date, ends_to date, prolonged_days_from integer, opened_on date,
    closed_on date, archived_on date, invited_count integer, answered_count integer, validated_count integer,
    created_at timestamptz, updated_at timestamptz);
comment on type campaign.campaign_row is 'A campaign as the contract shows it.';

create function campaign.campaigns() returns setof campaign.campaign_row
    language sql stable rows 50
    as $$
    select c.id, c.version, c.code, c.title, c.status, c.opens_on, c.closes_on, c.origins, c.siae_kinds, c.region_codes, c.ends_from,
        c.ends_to, c.prolonged_days_from, c.opened_on, c.closed_on, c.archived_on, n.invited, n.answered, n.validated,
        c.created_at, c.updated_at
    from campaign.campaign c
    cross join lateral (
        select count(*)::integer as invited, count(a.submitted_on)::integer as answered, count(a.validated_on)::integer as validated
        from campaign.answer a where a.campaign_id = c.id) n
    $$;
comment on function campaign.campaigns() is 'Campaigns that the caller sees, with the answers that it sees counted.';

-- The answer of a write: volatile, so that it reads what the write has just done.
create function campaign.campaign_now(campaign uuid) returns setof campaign.campaign_row
    language plpgsql volatile rows 1
    as $$ begin return query select * from campaign.campaigns() c where c.id = campaign; end $$;
comment on function campaign.campaign_now(uuid) is 'A campaign as just written; no row for null.';

create function campaign.answer_now(answer uuid) returns setof campaign.answer_row
    language plpgsql volatile rows 1
    as $$ begin return query select * from campaign.answers_at(engine.today()) a where a.id = answer; end $$;
comment on function campaign.answer_now(uuid) is 'An answer as just written; no row for null.';

create function campaign.line_now(line uuid) returns setof campaign.line_row
    language plpgsql volatile rows 1
    as $$ begin return query select * from campaign.lines_at(engine.today()) l where l.id = line; end $$;
comment on function campaign.line_now(uuid) is 'A line as just written; no row for null.';

-- --- what a caller must see to go on: its absence is a 404 ---

create function campaign.visible_campaign(campaign uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from campaign.campaign c where c.id = campaign) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return campaign;
end $$;
comment on function campaign.visible_campaign(uuid) is 'The campaign itself, or MA404 when the caller cannot see it.';

call engine.set_revision('campaign_reads');
commit;
