-- Calendar of PASS IAE, per structure and per delegation: one all-day event per milestone (domain page, 7.5 and 7.6). An
-- event names a PASS by its id alone; days come from pass.milestones, which the sheet of a PASS shows too.
begin;

create function calendar.pass_milestone_title(code text) returns text
    language sql immutable parallel safe
    as $$
    select case code
        when 'WINDOW_OPENS' then 'ouverture des demandes de prolongation'
        when 'END_IN_210_DAYS' then 'fin dans 210 jours'
        when 'END_IN_90_DAYS' then 'fin dans 90 jours'
        when 'END_IN_30_DAYS' then 'fin dans 30 jours'
        when 'ENDS' then 'dernier jour'
        when 'WINDOW_CLOSES_SOON' then 'fermeture des demandes de prolongation dans 15 jours'
        when 'WINDOW_CLOSES' then 'dernier jour pour demander une prolongation'
        when 'SUSPENSION_ENDS' then 'dernier jour de la suspension'
        when 'SUSPENSION_CLOSABLE' then 'suspension de plus de douze mois, clôture possible'
        when 'SUSPENSION_35_MONTHS' then 'suspension de 35 mois'
        when 'REQUEST_10_DAYS' then 'demande de prolongation sans réponse depuis 10 jours'
        when 'REQUEST_20_DAYS' then 'demande de prolongation sans réponse depuis 20 jours'
        when 'REQUEST_30_DAYS' then 'demande de prolongation sans réponse depuis 30 jours'
        when 'WAITING_PERIOD_ENDS' then 'dernier jour du délai de carence'
        when 'ERASED' then 'effacement de la ligne' end
    $$;
comment on function calendar.pass_milestone_title(text) is
    'Milestones that are followed, in words; null for one that is no deadline (the first day).';

create function calendar.trace_passes(link calendar.link) returns bigint
    language sql volatile
    as $$
    select audit.trace_export('getCalendar', 'PASS', 'calendar_link=' || link.id, count(*), array_agg(distinct p.member_id))
    from pass.pass p where link.member_id is null or p.member_id = link.member_id
    $$;
comment on function calendar.trace_passes(calendar.link) is
    'Notes a reading of lines through a feed: as one line with the link, since programs read feeds every hour.';

create function calendar.events_passes(link calendar.link) returns setof calendar.event
    language plpgsql volatile
    as $$
declare
    today constant date := engine.today();
    rules constant jsonb := pass.rule_set(today);
    -- other rules move days without a write: they raise the sequence too
    rules_known constant integer := (select count(*) from pass.rule r where r.valid_from <= today);
begin
    if not current_setting('transaction_read_only')::boolean then
        perform calendar.trace_passes(link);
    end if;
    return query
    select p.id || '-' || lower(m.code), p.version + rules_known, m.on_date, m.on_date, null::timestamptz, null::timestamptz,
        format('PASS %s : %s', right(p.id::text, 8), calendar.pass_milestone_title(m.code)),
        format('PASS %s, suivi dans l’application.', p.id), null::text, 'CONFIRMED', p.updated_at
    from pass.pass p
    cross join lateral pass.pathway_of(p, today) path
    cross join lateral pass.locate(path) at
    cross join lateral pass.milestones(path, at, rules) m
    where (link.member_id is null or p.member_id = link.member_id)
      and m.on_date between today - 31 and today + 731 and calendar.pass_milestone_title(m.code) is not null;
end $$;
comment on function calendar.events_passes(calendar.link) is
    'Milestones of the PASS that the maker of the link may read, a month back and two years ahead. The uid is the id and the milestone; '
    'the sequence rises with every write on the PASS or on what hangs on it, and when a rule comes into force.';

insert into calendar.kind (code, title, function_name, callers) values
    ('PASS_STRUCTURE', 'Échéances des PASS IAE', 'events_passes', '{STRUCTURE}'),
    ('PASS_DELEGATION', 'Échéances des PASS IAE partagés', 'events_passes', '{DELEGATION}');

call engine.set_revision('pass_calendar');
commit;
