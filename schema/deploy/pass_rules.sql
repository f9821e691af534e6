-- The numbers of the PASS IAE as dated data: every computed date comes from a row of pass.rule (domain page, 3.1 to 3.7).
begin;

create schema pass;
comment on schema pass is 'PASS IAE: rules as dated data, the calculator, the tracker, forecast and outcomes (domain page on the PASS IAE).';

create table pass.rule (
    key                text not null constraint rule_key_form check (key ~ '^[A-Z][A-Z0-9_]{2,59}$'),
    value              integer not null,
    unit               text not null constraint rule_unit_known check (unit in ('DAYS', 'MONTHS', 'YEARS', 'PEOPLE')),
    valid_from         date not null,
    valid_to           date,
    during             daterange generated always as (engine.period(valid_from, valid_to)) stored,
    title              text not null constraint rule_title_length check (length(title) between 3 and 200),
    legal_reference    text constraint rule_legal_reference_length check (length(legal_reference) between 3 and 200),
    platform_reference text constraint rule_platform_reference_length check (length(platform_reference) between 3 and 200),
    constraint rule_pkey primary key (key, valid_from),
    constraint rule_dates_order check (valid_from <= valid_to),
    constraint rule_overlap exclude using gist (key with =, during with &&)
);
comment on table pass.rule is
    'Numbers of the PASS IAE with their dates. A day before the first row of a key takes that row: nothing older is known.';
comment on column pass.rule.value is 'In the unit of the row.';
comment on column pass.rule.valid_to is 'Last day, inclusive; null = still in force.';
comment on column pass.rule.legal_reference is 'Article of the Code du travail; null where only the platform sets the number.';
comment on column pass.rule.platform_reference is 'Where the State''s platform applies it, as read in August 2026.';

insert into pass.rule (key, value, unit, valid_from, valid_to, title, legal_reference, platform_reference) values
    ('PASS_LENGTH', 24, 'MONTHS', '2018-12-01', '2024-02-27', 'Durée d’un PASS IAE : deux années civiles', 'R. 5132-1-2', 'approvals/models.py'),
    ('PASS_LENGTH', 730, 'DAYS', '2024-02-28', null, 'Durée d’un PASS IAE, premier et dernier jour compris', 'R. 5132-1-2', 'approvals/models.py'),
    ('PATHWAY_LENGTH_BY_LAW', 24, 'MONTHS', '2021-09-01', null, 'Durée du parcours selon le code du travail', 'R. 5132-1-2', null),

    ('SUSPENSION_MAX', 6, 'MONTHS', '2020-12-01', '2021-09-14', 'Durée maximale d’une suspension', null, 'approvals/models.py'),
    ('SUSPENSION_MAX', 12, 'MONTHS', '2021-09-15', '2023-01-30', 'Durée maximale d’une suspension', null, 'approvals/models.py'),
    ('SUSPENSION_MAX', 36, 'MONTHS', '2023-01-31', null, 'Durée maximale d’une suspension', null, 'approvals/models.py'),
    ('SUSPENSION_BACKDATING', 30, 'DAYS', '2021-11-01', '2022-03-06', 'Recul maximal du début d’une suspension', null, 'approvals/models.py'),
    ('SUSPENSION_BACKDATING', 365, 'DAYS', '2022-03-07', null, 'Recul maximal du début d’une suspension', null, 'approvals/models.py'),
    ('SUSPENSION_CLOSABLE', 365, 'DAYS', '2021-09-01', null, 'Suspension au-delà de laquelle le parcours peut être clos', 'R. 5132-1-3', 'www/approvals_views/views.py'),
    ('SUSPENSION_WARNING', 35, 'MONTHS', '2023-01-31', null, 'Suspension dont la fin approche : alerte', null, null),

    ('PROLONGATION_STEP', 365, 'DAYS', '2018-12-01', null, 'Durée maximale d’une demande de prolongation', 'R. 5132-1-8', 'www/approvals_views/forms.py'),
    ('PROLONGATION_STEP_SENIOR_CDI', 3650, 'DAYS', '2021-09-01', null, 'Durée appliquée à un CDI inclusion', 'R. 5132-1-8', 'approvals/models.py'),
    ('PROLONGATION_CAP_RQTH', 1095, 'DAYS', '2021-12-01', null, 'Plafond des prolongations, travailleur handicapé', 'R. 5132-1-8', 'approvals/models.py'),
    ('PROLONGATION_CAP_SENIOR', 1825, 'DAYS', '2021-12-01', null, 'Plafond des prolongations, 50 ans et plus', 'R. 5132-1-8', 'approvals/models.py'),
    ('PROLONGATION_CAP_PARTICULAR_DIFFICULTIES', 1095, 'DAYS', '2021-12-01', null, 'Plafond des prolongations, difficultés particulières', 'R. 5132-1-8', 'approvals/models.py'),
    ('PROLONGATION_CAP_HEALTH_CONTEXT', 365, 'DAYS', '2020-03-01', null, 'Plafond des prolongations, contexte sanitaire', null, 'approvals/models.py'),
    ('TOTAL_BY_LAW_RQTH', 60, 'MONTHS', '2021-09-01', null, 'Durée totale selon la loi, travailleur handicapé', 'R. 5132-1-8', null),
    ('TOTAL_BY_LAW_SENIOR', 84, 'MONTHS', '2021-09-01', null, 'Durée totale selon la loi, 50 ans et plus', 'R. 5132-1-8', null),
    ('TOTAL_BY_LAW_PARTICULAR_DIFFICULTIES', 60, 'MONTHS', '2021-09-01', null, 'Durée totale selon la loi, difficultés particulières', 'R. 5132-1-8', null),
    ('SENIOR_AGE', 50, 'YEARS', '2021-09-01', null, 'Âge d’une prolongation « senior »', 'R. 5132-1-8', 'approvals/enums.py'),
    ('SENIOR_CDI_AGE', 57, 'YEARS', '2021-09-01', null, 'Âge d’un CDI inclusion', 'R. 5132-1-8', 'approvals/enums.py'),
    ('SENIOR_CDI_PATHWAY', 12, 'MONTHS', '2021-09-01', null, 'Parcours à accomplir avant un CDI inclusion', 'R. 5132-1-8', null),
    ('PROLONGATION_WINDOW_BEFORE', 3, 'MONTHS', '2021-10-25', '2022-11-16', 'Ouverture de la prolongation avant la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_BEFORE', 12, 'MONTHS', '2022-11-17', '2023-07-26', 'Ouverture de la prolongation avant la fin (dès douze mois de parcours)', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_BEFORE', 7, 'MONTHS', '2023-07-27', '2025-10-14', 'Ouverture de la prolongation avant la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_BEFORE', 12, 'MONTHS', '2025-10-15', null, 'Ouverture de la prolongation avant la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_AFTER', 3, 'MONTHS', '2021-10-25', '2023-07-26', 'Prolongation possible après la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_AFTER', 0, 'MONTHS', '2023-07-27', '2026-05-20', 'Prolongation possible après la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_AFTER', 6, 'MONTHS', '2026-05-21', null, 'Prolongation possible après la fin', null, 'approvals/models.py'),
    ('PROLONGATION_WINDOW_WARNING', 15, 'DAYS', '2026-05-21', null, 'Alerte avant la fermeture de la prolongation', null, null),
    ('REQUEST_REMINDER_1', 10, 'DAYS', '2023-07-31', null, 'Première relance d’une demande de prolongation', null, 'approvals/management/commands'),
    ('REQUEST_REMINDER_2', 20, 'DAYS', '2023-07-31', null, 'Deuxième relance d’une demande de prolongation', null, 'approvals/management/commands'),
    ('REQUEST_REMINDER_3', 30, 'DAYS', '2023-07-31', null, 'Dernière relance d’une demande de prolongation', null, 'approvals/management/commands'),

    ('WAITING_PERIOD', 2, 'YEARS', '2018-12-01', null, 'Délai de carence après la fin du parcours', 'R. 5132-1-4', 'approvals/models.py'),
    ('WAITING_PERIOD_BY_LAW', 2, 'YEARS', '2021-09-01', null, 'Délai de carence selon la loi : depuis le début de la suspension quand elle a conduit à la clôture', 'R. 5132-1-4', null),

    ('HIRE_AHEAD', 6, 'MONTHS', '2020-12-01', null, 'Date d’embauche la plus éloignée', null, 'www/apply/forms.py'),
    ('HIRE_AHEAD_EMPLOYER_DIAGNOSIS', 92, 'DAYS', '2026-08-21', null, 'Date d’embauche la plus éloignée avec le seul diagnostic de l’employeur', null, 'www/apply/forms.py'),
    ('DIAGNOSIS_PRESCRIBER', 6, 'MONTHS', '2018-12-01', null, 'Validité d’un diagnostic de prescripteur', null, 'eligibility/models/common.py'),
    ('DIAGNOSIS_EMPLOYER', 6, 'MONTHS', '2018-12-01', '2024-12-08', 'Validité d’un diagnostic d’employeur', null, 'eligibility/models/iae.py'),
    ('DIAGNOSIS_EMPLOYER', 92, 'DAYS', '2024-12-09', null, 'Validité d’un diagnostic d’employeur', null, 'eligibility/models/iae.py'),

    ('MILESTONE_END_FAR', 210, 'DAYS', '2018-12-01', null, 'Alerte avant la fin du parcours', null, null),
    ('MILESTONE_END_NEAR', 90, 'DAYS', '2018-12-01', null, 'Alerte avant la fin du parcours', null, null),
    ('MILESTONE_END_SOON', 30, 'DAYS', '2018-12-01', null, 'Alerte avant la fin du parcours', null, null),
    ('RETENTION', 24, 'MONTHS', '2021-09-01', null, 'Conservation des données après la fin du parcours', 'R. 5132-1-23', null),
    ('PLATFORM_INACTIVITY_NOTICE', 700, 'DAYS', '2018-12-01', null, 'Avis d’effacement par la plateforme après la fin du parcours', null, 'archive/constants.py'),
    ('PLATFORM_INACTIVITY_ERASURE', 730, 'DAYS', '2018-12-01', null, 'Effacement par la plateforme après la fin du parcours', null, 'archive/constants.py'),
    ('SMALL_COUNT', 5, 'PEOPLE', '2018-12-01', null, 'Effectif au-dessous duquel un chiffre est caché', null, null);

create function pass.rules_on(day date) returns setof pass.rule
    language sql stable parallel safe rows 50
    as $$
    select distinct on (r.key) r.* from pass.rule r
    order by r.key, (r.valid_from <= day) desc, case when r.valid_from <= day then day - r.valid_from else r.valid_from - day end
    $$;
comment on function pass.rules_on(date) is 'The row of each rule in force on a day; the first known row for days before it.';

create function pass.rule_value(rule_key text, day date) returns integer
    language sql stable parallel safe
    as $$
    select r.value from pass.rule r where r.key = rule_key
    order by (r.valid_from <= day) desc, case when r.valid_from <= day then day - r.valid_from else r.valid_from - day end
    limit 1
    $$;
comment on function pass.rule_value(text, date) is 'The value of one rule on a day, in the unit of its row.';

create function pass.shift(day date, amount integer, unit text) returns date
    language sql immutable parallel safe
    as $$
    select case unit when 'DAYS' then day + amount
        when 'MONTHS' then (day + make_interval(months => amount))::date
        when 'YEARS' then (day + make_interval(years => amount))::date end
    $$;
comment on function pass.shift(date, integer, text) is
    'A day moved by days, months or years; the same day of the month, or the last one of a shorter month.';

create function pass.shift_by(day date, rule_key text, on_day date, sign integer default 1) returns date
    language sql stable parallel safe
    as $$
    select pass.shift(day, sign * r.value, r.unit) from pass.rule r where r.key = rule_key
    order by (r.valid_from <= on_day) desc, case when r.valid_from <= on_day then on_day - r.valid_from else r.valid_from - on_day end
    limit 1
    $$;
comment on function pass.shift_by(date, text, date, integer) is 'A day moved by a rule as in force on on_day; sign -1 goes back.';

create function pass.default_end(starts_on date) returns date
    language sql stable parallel safe
    as $$ select pass.shift_by(starts_on, 'PASS_LENGTH', engine.today()) - 1 $$;
comment on function pass.default_end(date) is
    'Last day of a PASS that starts on a day, as the platform computes it today: 730 days, first and last included.';

-- --- the lists of codes that more than one table uses ---

create function pass.capped_reason(reason text) returns boolean
    language sql immutable parallel safe
    as $$ select reason in ('RQTH', 'SENIOR', 'PARTICULAR_DIFFICULTIES', 'HEALTH_CONTEXT') $$;
comment on function pass.capped_reason(text) is 'Reasons of a prolongation with a cap on the sum of all prolongations.';

create function pass.liftable_reason(reason text) returns boolean
    language sql immutable parallel safe
    as $$
    select reason in ('CONTRACT_SUSPENDED', 'CONTRACT_BROKEN', 'FINISHED_CONTRACT', 'APPROVAL_BETWEEN_CTA_MEMBERS',
        'CONTRAT_PASSERELLE')
    $$;
comment on function pass.liftable_reason(text) is
    'Reasons of a suspension that a new hire lifts: the five offered today. The older ones block an application instead.';

call engine.set_revision('pass_rules');
commit;
