-- The summary of a campaign per delegation and for the nation. Counts of people below SMALL_COUNT are hidden from whoever
-- does not read the lines, and enough others with them that none follows from totals: in every row and column the hidden
-- part stays at the floor or above, and every hidden small count lies in a rectangle of hidden counts that can move by one
-- in either direction while all that is shown stays the same. Zero is shown: there is nobody to protect.
begin;

create function campaign.widen_line(cells integer[], hidden boolean[], line integer, upright boolean, floor_count integer)
    returns boolean[]
    language plpgsql immutable
    as $$
declare
    length constant integer := array_length(cells, case when upright then 1 else 2 end);
    r integer; c integer;
    total integer := 0;
    any_hidden boolean := false;
    least_at integer; least_value integer;
begin
    for i in 1 .. length loop
        r := case when upright then i else line end;
        c := case when upright then line else i end;
        if hidden[r][c] and i = length then
            return hidden;                       -- the margin is hidden: nothing can be subtracted from it
        elsif hidden[r][c] then
            total := total + cells[r][c];
            any_hidden := true;
        elsif cells[r][c] > 0 and (least_value is null or i < length and cells[r][c] <= least_value) then
            least_value := cells[r][c];
            least_at := i;
        end if;
    end loop;
    if any_hidden and total < floor_count then
        hidden[case when upright then least_at else line end][case when upright then line else least_at end] := true;
    end if;
    return hidden;
end $$;
comment on function campaign.widen_line(integer[], boolean[], integer, boolean, integer) is
    'Hides the smallest shown count of a row (of a column when upright) whose hidden part could be read off its margin.';

create function campaign.protect_cell(cells integer[], hidden boolean[], r integer, c integer) returns boolean[]
    language plpgsql immutable
    as $$
declare
    cost bigint; best bigint;
    best_row integer; best_column integer;
begin
    for i in 1 .. array_length(cells, 1) loop
        continue when i = r or cells[i][c] = 0;
        for k in 1 .. array_length(cells, 2) loop
            continue when k = c or cells[r][k] = 0 or cells[i][k] = 0;
            cost := case when hidden[r][k] then 0 else cells[r][k] end + case when hidden[i][c] then 0 else cells[i][c] end
                + case when hidden[i][k] then 0 else cells[i][k] end;
            if cost = 0 then
                return hidden;
            elsif best is null or cost < best then
                best := cost;
                best_row := i;
                best_column := k;
            end if;
        end loop;
    end loop;
    hidden[r][best_column] := true;
    hidden[best_row][c] := true;
    hidden[best_row][best_column] := true;
    return hidden;
end $$;
comment on function campaign.protect_cell(integer[], boolean[], integer, integer) is
    'Completes the cheapest rectangle of hidden counts around a cell; with the margins there is always one.';

create function campaign.hide_small(cells integer[], floor_count integer) returns boolean[]
    language plpgsql immutable
    as $$
declare
    hidden boolean[] := array_fill(false, array[array_length(cells, 1), array_length(cells, 2)]);
    before boolean[];
begin
    for r in 1 .. array_length(cells, 1) loop
        for c in 1 .. array_length(cells, 2) loop
            hidden[r][c] := cells[r][c] > 0 and cells[r][c] < floor_count;
        end loop;
    end loop;
    loop
        before := hidden;
        for r in 1 .. array_length(cells, 1) loop
            hidden := campaign.widen_line(cells, hidden, r, false, floor_count);
        end loop;
        for c in 1 .. array_length(cells, 2) loop
            hidden := campaign.widen_line(cells, hidden, c, true, floor_count);
        end loop;
        for r in 1 .. array_length(cells, 1) loop
            for c in 1 .. array_length(cells, 2) loop
                if hidden[r][c] and cells[r][c] < floor_count then
                    hidden := campaign.protect_cell(cells, hidden, r, c);
                end if;
            end loop;
        end loop;
        exit when hidden = before;
    end loop;
    return hidden;
end $$;
comment on function campaign.hide_small(integer[], integer) is
    'Which counts of a table to hide; its last row and last column are the sums of the others. Only ever more, so it ends.';

-- --- the counts ---

create function campaign.codes_of(breakdown text) returns text[]
    language sql immutable parallel safe
    as $$
    select case breakdown when 'by_age_band' then campaign.age_bands() when 'by_rqth' then campaign.rqth_values()
        else campaign.outcomes() || array['UNDECIDED'] end
    $$;
comment on function campaign.codes_of(text) is 'Codes of a breakdown of the summary, in the order of the contract.';

create function campaign.real_outcomes(campaign uuid) returns table (answer_id uuid, outcome text, people integer)
    language sql stable
    as $$
    select l.answer_id, coalesce(l.final_outcome, 'UNDECIDED'), count(*)::integer
    from campaign.line l join campaign.campaign c on c.id = l.campaign_id
    where l.campaign_id = campaign and c.status in ('DRAFT', 'OPEN')
    group by 1, 2
    union all
    select r.answer_id, r.outcome, r.lines_count
    from campaign.result r join campaign.answer a on a.id = r.answer_id join campaign.campaign c on c.id = a.campaign_id
    where a.campaign_id = campaign and c.status in ('CLOSED', 'ARCHIVED')
    $$;
comment on function campaign.real_outcomes(uuid) is 'Lines by real outcome: of today while open, as counted at the closing afterwards.';

create function campaign.place_of(answer campaign.answer) returns uuid
    language sql immutable parallel safe
    as $$ select coalesce(answer.delegation_id, '00000000-0000-0000-0000-000000000000') $$;
comment on function campaign.place_of(campaign.answer) is 'Line of the summary: the delegation, zeros for structures without one.';

create function campaign.headcounts(campaign uuid, breakdown text)
    returns table (member_id uuid, delegation_id uuid, code text, people integer)
    language sql stable
    as $$
    select a.member_id, campaign.place_of(a), h.key, h.value::integer
    from campaign.answer a cross join lateral jsonb_each_text(case breakdown when 'by_age_band' then a.by_age_band
        when 'by_rqth' then a.by_rqth when 'by_planned_outcome' then a.by_planned_outcome end) h
    where a.campaign_id = campaign and a.submitted_on is not null
    union all
    select a.member_id, campaign.place_of(a), r.outcome, r.people
    from campaign.real_outcomes(campaign) r join campaign.answer a on a.id = r.answer_id
    where breakdown = 'by_final_outcome' and a.submitted_on is not null
    $$;
comment on function campaign.headcounts(uuid, text) is 'People of the submitted answers by one breakdown.';

create type campaign.cell as (delegation_id uuid, code text, people integer, is_hidden boolean);
comment on type campaign.cell is 'One count of a summary; no delegation: the nation; no code: the total.';

create function campaign.cells(campaign uuid, breakdown text, only_delegation uuid default null, without uuid[] default '{}')
    returns setof campaign.cell
    language plpgsql stable
    as $$
declare
    codes constant text[] := campaign.codes_of(breakdown);
    places uuid[];
    cells integer[];
    hidden boolean[];
begin
    places := array(select distinct campaign.place_of(a) from campaign.answer a where a.campaign_id = campaign
        and (only_delegation is null or a.delegation_id = only_delegation) order by 1);
    cells := array_fill(0, array[cardinality(places) + 1, cardinality(codes) + 1]);
    declare
        counted record;
        r integer; c integer;
    begin
        for counted in
            select h.delegation_id, h.code, sum(h.people)::integer as people from campaign.headcounts(campaign, breakdown) h
            where (only_delegation is null or h.delegation_id = only_delegation) and not h.member_id = any (without)
            group by 1, 2 loop
            r := array_position(places, counted.delegation_id);
            c := array_position(codes, counted.code);
            cells[r][c] := counted.people;
            cells[r][cardinality(codes) + 1] := cells[r][cardinality(codes) + 1] + counted.people;
            cells[cardinality(places) + 1][c] := cells[cardinality(places) + 1][c] + counted.people;
            cells[cardinality(places) + 1][cardinality(codes) + 1] :=
                cells[cardinality(places) + 1][cardinality(codes) + 1] + counted.people;
        end loop;
    end;
    hidden := campaign.hide_small(cells, pass.rule_value('SMALL_COUNT', engine.today()));
    return query
        select places[r.r], codes[c.c], cells[r.r][c.c], hidden[r.r][c.c]
        from generate_subscripts(cells, 1) r (r) cross join generate_subscripts(cells, 2) c (c);
end $$;
comment on function campaign.cells(uuid, text, uuid, uuid[]) is
    'One breakdown as a table of delegations and the nation by codes and the total, with what must be hidden of it.';

-- --- the summary ---

create function campaign.shown_cells(campaign uuid, breakdown text) returns setof campaign.cell
    language plpgsql stable
    as $$
declare
    own constant uuid := session.delegation_id();
    shared constant uuid[] := coalesce(pass.shared_members(), '{}');
begin
    if own is null then
        return query select * from campaign.cells(campaign, breakdown);
    elsif not exists (select from campaign.answer a where a.campaign_id = shown_cells.campaign and a.delegation_id = own
            and a.submitted_on is not null and not a.member_id = any (shared)) then
        return query select c.delegation_id, c.code, c.people, false
            from campaign.cells(campaign, breakdown, own) c where c.delegation_id = own;
    else
        -- what the federation does not see, and what would follow from the lines that the delegation reads
        return query select c.delegation_id, c.code, c.people, c.is_hidden or u.is_hidden
            from campaign.cells(campaign, breakdown) c
            join campaign.cells(campaign, breakdown, own, shared) u
                on u.delegation_id = c.delegation_id and u.code is not distinct from c.code
            where c.delegation_id = own;
    end if;
end $$;
comment on function campaign.shown_cells(uuid, text) is
    'Counts for the caller: the federation all delegations and the nation, a delegation its own, exact once every structure shares.';

create function campaign.people_of(campaign uuid) returns table (delegation_id uuid, people json)
    language sql stable
    as $$
    with shown as materialized (
        select b.name, b.place, c.delegation_id, c.code, c.people, c.is_hidden,
            coalesce(array_position(campaign.codes_of(b.name), c.code), 0) as position
        from (values (1, 'by_age_band'), (2, 'by_rqth'), (3, 'by_planned_outcome'), (4, 'by_final_outcome')) b (place, name)
        cross join lateral campaign.shown_cells(campaign, b.name) c
    ), parts as (
        select s.delegation_id, s.place, s.name, json_object_agg(s.code, case when not s.is_hidden then s.people end
            order by s.position) filter (where s.people > 0) as counts
        from shown s where s.code is not null group by 1, 2, 3
        union all
        select s.delegation_id, 0, 'people_count', to_json(case when not bool_or(s.is_hidden) then max(s.people) end)
        from shown s where s.code is null and s.place < 4 group by 1
        union all
        select s.delegation_id, 5, 'lines_count', to_json(case when not s.is_hidden then s.people end)
        from shown s where s.code is null and s.place = 4
    )
    select p.delegation_id, json_object_agg(p.name, case when p.place in (0, 5) then p.counts else coalesce(p.counts, '{}') end
        order by p.place)
    from parts p group by 1
    $$;
comment on function campaign.people_of(uuid) is
    'Headcounts of the submitted answers for the caller, one object per delegation (null: the nation). Null in it is hidden, absent is zero.';

create function campaign.participation(campaign uuid, as_of date)
    returns table (delegation_id uuid, invited bigint, started bigint, submitted bigint, validated bigint, late bigint)
    language sql stable
    as $$
    select g.place, count(*), count(*) filter (where g.state = 'STARTED'), count(*) filter (where g.state = 'SUBMITTED'),
        count(*) filter (where g.state = 'VALIDATED'), count(*) filter (where g.state = 'LATE')
    from (select campaign.place_of(a) as place, campaign.answer_state(a, c.closes_on, c.closed_on, as_of) as state
          from campaign.answer a join campaign.campaign c on c.id = a.campaign_id
          where a.campaign_id = campaign and a.invited_on <= as_of) g
    group by grouping sets ((g.place), ())
    $$;
comment on function campaign.participation(uuid, date) is
    'Structures by state on a day, per delegation and for the nation (null): structures are counted, so none is hidden.';

-- Counts answers that the caller may not read one by one.
create function campaign.summary(campaign uuid, as_of date)
    returns table (campaign_id uuid, campaign_code text, status text, closes_on date, as_of_day date, small_count integer,
        nation json, delegations json)
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if session.caller() not in ('NATIONAL', 'DELEGATION', '') then
        perform engine.refuse('not_yours_to_change', 'the summary is for the offices');
    end if;
    return query
    with line as materialized (
        select p.delegation_id, json_build_object('delegation_id', nullif(p.delegation_id, '00000000-0000-0000-0000-000000000000'),
            'label', case when p.delegation_id is null then 'Réseau' else coalesce(d.name, 'Sans délégation') end,
            'invited', p.invited, 'started', p.started, 'submitted', p.submitted, 'validated', p.validated, 'late', p.late,
            'answered_percent', round(100.0 * (p.submitted + p.validated) / nullif(p.invited, 0), 1),
            'people_count', h.people -> 'people_count', 'by_age_band', coalesce(h.people -> 'by_age_band', '{}'),
            'by_rqth', coalesce(h.people -> 'by_rqth', '{}'),
            'by_planned_outcome', coalesce(h.people -> 'by_planned_outcome', '{}'),
            'lines_count', h.people -> 'lines_count',
            'by_final_outcome', coalesce(h.people -> 'by_final_outcome', '{}')) as shown, d.name
        from campaign.participation(campaign, as_of) p
        left join campaign.people_of(campaign) h on h.delegation_id is not distinct from p.delegation_id
        left join network.delegation d on d.id = p.delegation_id
        where session.delegation_id() is null or p.delegation_id = session.delegation_id()
    )
    select c.id, c.code, c.status, c.closes_on, summary.as_of, pass.rule_value('SMALL_COUNT', engine.today()),
        (select l.shown from line l where l.delegation_id is null),
        coalesce((select json_agg(l.shown order by l.name collate "fr-x-icu" nulls last)
            from line l where l.delegation_id is not null), '[]')
    from campaign.campaign c
    where c.id = campaign and (c.status <> 'DRAFT' or session.caller() in ('NATIONAL', ''));
end $$;
comment on function campaign.summary(uuid, date) is
    'passCampaignSummary: the federation sees every delegation and the nation, a delegation its own line.';

call engine.set_revision('campaign_summary');
commit;
