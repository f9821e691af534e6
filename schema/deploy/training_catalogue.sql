-- Trainings: settings, people, trainers, courses of the catalogue, programmes of sessions sold together
-- (domain page, 1.4 and 2.3). Rules of single rows; those over several rows follow in the next migrations.
begin;

create schema training;
comment on schema training is
    'Trainings: catalogue, sessions, enrolments, attendance, group account, BPF (domain page, 2.3; examples 20-36).';

create table training.dated_setting (
    name      text not null constraint training_setting_name_known check (name in
        ('identity_retention_days', 'hidden_under', 'satisfied_from', 'group_account_first_year')),
    value     integer not null,
    starts_on date not null,
    ends_on   date,
    during    daterange generated always as (engine.period(starts_on, ends_on)) stored,
    source    text not null,
    constraint training_setting_dates_order check (starts_on <= ends_on),
    constraint training_setting_overlap exclude using gist (name with =, during with &&)
);
comment on table training.dated_setting is
    'Figures of rules with their dates. identity_retention_days: days after the last session of a person until the '
    'identity goes; hidden_under: fewer answers than this are not shown; satisfied_from: lowest score of 1 to 5 that '
    'counts as satisfied; group_account_first_year: first year of contributions.';
insert into training.dated_setting (name, value, starts_on, source) values
    ('identity_retention_days', 1096, '1985-01-01', 'Three years, the time in which the administration may check a training body.'),
    ('hidden_under', 5, '1985-01-01', 'Domain page, example 25.'),
    ('satisfied_from', 4, '1985-01-01', 'Working value: 4 and 5 of 5 are satisfied.'),
    ('group_account_first_year', 2024, '1985-01-01', 'Report of 2023.');

create function training.setting(setting_name text, on_date date) returns integer
    language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
    as $$
    select value from training.dated_setting
    where name = setting_name and starts_on <= on_date and (ends_on is null or on_date <= ends_on)
    $$;
comment on function training.setting(text, date) is 'Figure of a rule as set for that day.';

create table training.person (
    id         uuid primary key default engine.uuid_v7(),
    version    integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    changed_in xid8 not null default pg_current_xact_id(),
    identity   bytea,
    person_key bytea constraint training_person_key unique,
    purged_on  date,
    fictitious boolean not null default false,
    constraint training_person_purged check (purged_on is null or identity is null and person_key is null)
);
comment on table training.person is 'Trainees and trainers. Names are sealed; the row stays when the identity has gone.';
comment on column training.person.identity is 'Sealed {given_name, family_name, email}; null once purged.';
comment on column training.person.person_key is 'Keyed hash of the normalised identity: finds the same person again.';
comment on column training.person.purged_on is 'Day on which the identity went, by the retention job.';

create table training.trainer (
    id                uuid primary key default engine.uuid_v7(),
    version           integer not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    changed_in        xid8 not null default pg_current_xact_id(),
    code              text not null constraint trainer_code_key unique
        constraint trainer_code_form check (code ~ '^[A-Z0-9-]{2,20}$'),
    kind              text not null constraint trainer_kind_known check (kind in ('INTERNAL', 'EXTERNAL')),
    person_id         uuid not null constraint trainer_person_known references training.person,
    organisation_name text collate "fr-x-icu" constraint trainer_organisation_length check (length(organisation_name) between 1 and 150),
    nda               text constraint trainer_nda_valid check (identifier.fault('NDA', nda) is null),
    contract_ref      text constraint trainer_contract_length check (length(contract_ref) between 1 and 60),
    specialities      text constraint trainer_specialities_length check (length(specialities) between 1 and 500),
    starts_on         date,
    ends_on           date,
    fictitious        boolean not null default false,
    constraint trainer_dates_order check (starts_on <= ends_on)
);
create index trainer_person on training.trainer (person_id);
comment on table training.trainer is 'Who gives hours: INTERNAL is staff, EXTERNAL under contract (frame E of the BPF).';
comment on column training.trainer.nda is 'Declaration number of an external training body.';

create table training.course (
    id                 uuid primary key default engine.uuid_v7(),
    version            integer not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    changed_in         xid8 not null default pg_current_xact_id(),
    code               text not null constraint course_code_key unique
        constraint course_code_form check (code ~ '^[A-Z0-9][A-Z0-9-]{1,29}$'),
    title              text collate "fr-x-icu" not null constraint course_title_length check (length(title) between 3 and 200),
    objectives         text constraint course_objectives_length check (length(objectives) between 1 and 4000),
    prerequisites      text constraint course_prerequisites_length check (length(prerequisites) between 1 and 2000),
    audience           text constraint course_audience_length check (length(audience) between 1 and 2000),
    programme_text     text constraint course_programme_length check (length(programme_text) between 1 and 8000),
    methods            text constraint course_methods_length check (length(methods) between 1 and 2000),
    assessment         text constraint course_assessment_length check (length(assessment) between 1 and 2000),
    disability_access  text constraint course_disability_length check (length(disability_access) between 1 and 2000),
    contact_email      text constraint course_contact_form check (contact_email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    duration_minutes   integer constraint course_duration_range check (duration_minutes between 1 and 600000),
    modality           text constraint course_modality_known check (modality in ('ONSITE', 'REMOTE', 'MIXED')),
    access_delay_days  integer constraint course_access_delay_range check (access_delay_days between 0 and 730),
    price_member_cents bigint constraint course_price_member_range check (price_member_cents between 0 and 100000000),
    price_other_cents  bigint constraint course_price_other_range check (price_other_cents between 0 and 100000000),
    nsf_code           text constraint course_nsf_form check (nsf_code ~ '^[1-4]\d{2}$'),
    bpf_objective      text constraint course_objective_known check (bpf_objective in
        ('RNCP_6_8', 'RNCP_5', 'RNCP_4', 'RNCP_3', 'RNCP_2', 'RNCP_CQP', 'RS', 'OTHER_CQP', 'OTHER', 'SKILLS_ASSESSMENT', 'VAE')),
    certification_ref  text constraint course_certification_form check (certification_ref ~ '^(RNCP|RS)\d{1,6}$'),
    is_published       boolean not null default false,
    starts_on          date not null,
    ends_on            date,
    fictitious         boolean not null default false,
    constraint course_dates_order check (starts_on <= ends_on),
    constraint course_public_information check (not is_published or num_nulls(objectives, prerequisites, audience, methods,
        assessment, disability_access, contact_email, duration_minutes, modality, access_delay_days, price_member_cents,
        price_other_cents) = 0)
);
create index course_title on training.course (title, id);
comment on table training.course is
    'Course of the catalogue (action). Published only with all that indicators 1 to 3 of Qualiopi ask to make public.';
comment on column training.course.starts_on is 'First day in the catalogue, inclusive; ends_on the last.';
comment on column training.course.nsf_code is 'Speciality of training (nomenclature NSF), three digits: frame F-4 of the BPF.';
comment on column training.course.bpf_objective is 'Line of frame F-3 of the BPF.';
comment on column training.course.access_delay_days is 'Days between request and start that the public is told.';

create table training.programme (
    id                uuid primary key default engine.uuid_v7(),
    version           integer not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    changed_in        xid8 not null default pg_current_xact_id(),
    code              text not null constraint programme_code_key unique
        constraint programme_code_form check (code ~ '^[A-Z0-9][A-Z0-9-]{1,29}$'),
    title             text collate "fr-x-icu" not null constraint programme_title_length check (length(title) between 3 and 200),
    starts_on         date not null,
    ends_on           date not null,
    pass_member_cents bigint constraint programme_pass_member_range check (pass_member_cents between 0 and 100000000),
    pass_other_cents  bigint constraint programme_pass_other_range check (pass_other_cents between 0 and 100000000),
    fictitious        boolean not null default false,
    constraint programme_dates_order check (starts_on <= ends_on)
);
comment on table training.programme is
    'Sessions sold together, a week of talks for instance: nobody pays more for all than the pass (example 24).';
comment on column training.programme.pass_other_cents is 'Most that a non-member pays for all its sessions; null: no pass.';

create function training.missing_public_information(c training.course) returns text[]
    language sql immutable
    as $$
    select array(select name from (values (1, 'objectives', c.objectives), (2, 'prerequisites', c.prerequisites),
        (3, 'audience', c.audience), (4, 'methods', c.methods), (5, 'assessment', c.assessment),
        (6, 'disability_access', c.disability_access), (7, 'contact_email', c.contact_email),
        (8, 'duration_minutes', c.duration_minutes::text), (9, 'modality', c.modality),
        (10, 'access_delay_days', c.access_delay_days::text), (11, 'price_member_cents', c.price_member_cents::text),
        (12, 'price_other_cents', c.price_other_cents::text)) v (place, name, given)
        where given is null order by place)
    $$;
comment on function training.missing_public_information(training.course) is
    'Properties that a course still lacks before it may be published: the same as in course_public_information.';

do $$
declare
    name text;
begin
    foreach name in array array['person', 'trainer', 'course', 'programme'] loop
        execute format('create trigger training_%1$s_90_version before update on training.%1$I '
            'for each row execute function engine.keep_version()', name);
    end loop;
end $$;

call engine.set_revision('training_catalogue');
commit;
