-- Delegations, members, memberships, people: tables and the rules of single rows. Dates are inclusive as on the
-- wire; `during` is the same period as a range, for exclusion and for "on that day".
begin;

create schema network;
comment on schema network is 'The federation''s network: delegations, members, memberships, mandates (domain page, 2.1 and 2.2).';

create table network.organisation (
    id                 uuid primary key default engine.uuid_v7(),
    version            integer not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    changed_in         xid8 not null default pg_current_xact_id(),
    siren              text constraint organisation_siren_key unique
        constraint organisation_siren_valid check (identifier.fault('SIREN', siren) is null),
    legal_name         text collate "fr-x-icu" not null
        constraint organisation_legal_name_length check (length(legal_name) between 1 and 200),
    legal_category     text constraint organisation_legal_category_valid
        check (identifier.fault('LEGAL_CATEGORY', legal_category) is null),
    rna                text constraint organisation_rna_valid check (identifier.fault('RNA', rna) is null),
    local_register_ref text constraint organisation_local_register_ref_length
        check (length(local_register_ref) between 1 and 60),
    idcc               text constraint organisation_idcc_valid check (identifier.fault('IDCC', idcc) is null),
    nda                text constraint organisation_nda_valid check (identifier.fault('NDA', nda) is null),
    previous_nda       text constraint organisation_previous_nda_valid check (identifier.fault('NDA', previous_nda) is null),
    opco_code          text constraint organisation_opco_code_form check (opco_code ~ '^[A-Z0-9_]{2,30}$'),
    created_on         date,
    closed_on          date,
    fictitious         boolean not null default false,
    constraint organisation_dates_order check (created_on <= closed_on)
);
comment on table network.organisation is 'Legal person (personne morale) behind one or more members.';
comment on column network.organisation.local_register_ref is
    'Number in the local register of Alsace-Moselle, which is no RNA number.';
comment on column network.organisation.fictitious is 'True for invented rows of the demonstration data.';

create table network.economic_group (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    name        text collate "fr-x-icu" not null constraint economic_group_name_key unique
        constraint economic_group_name_length check (length(name) between 1 and 150),
    siren       text constraint economic_group_siren_valid check (identifier.fault('SIREN', siren) is null),
    website     text constraint economic_group_website_form check (website ~ '^https?://[^\s]+$'),
    description text constraint economic_group_description_length check (length(description) <= 2000)
);
comment on table network.economic_group is 'Groups of companies (groupes économiques solidaires, GES) to which members belong.';

create table network.delegation (
    id              uuid primary key default engine.uuid_v7(),
    version         integer not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    changed_in      xid8 not null default pg_current_xact_id(),
    slug            text not null constraint delegation_slug_key unique
        constraint delegation_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
    name            text collate "fr-x-icu" not null
        constraint delegation_name_length check (length(name) between 3 and 150),
    legal_form      text not null default 'ASSOCIATION'
        constraint delegation_legal_form_known check (legal_form in ('ASSOCIATION', 'ANTENNA')),
    organisation_id uuid constraint delegation_organisation_known references network.organisation,
    starts_on       date not null,
    ends_on         date,
    during          daterange generated always as (engine.period(starts_on, ends_on)) stored,
    email           text constraint delegation_email_form check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    phone           text constraint delegation_phone_form check (phone ~ '^\+[1-9]\d{6,14}$'),
    website         text constraint delegation_website_form check (website ~ '^https?://[^\s]+$'),
    address         text constraint delegation_address_length check (length(address) <= 300),
    postal_code     text constraint delegation_postal_code_form check (postal_code ~ '^\d{5}$'),
    commune_code    text constraint delegation_commune_known references reference.commune,
    description     text constraint delegation_description_length check (length(description) <= 2000),
    constraint delegation_dates_order check (starts_on <= ends_on)
);
comment on table network.delegation is
    'Regional bodies of the federation, those of today and those that were merged; public directory.';
comment on column network.delegation.legal_form is 'ASSOCIATION: legal person of its own; ANTENNA: part of the national one.';

create table network.delegation_region (
    id            uuid primary key default engine.uuid_v7(),
    delegation_id uuid not null constraint delegation_region_delegation references network.delegation,
    region_code   text not null constraint delegation_region_region_known references reference.region,
    starts_on     date not null,
    ends_on       date,
    during        daterange generated always as (engine.period(starts_on, ends_on)) stored,
    constraint delegation_region_dates_order check (starts_on <= ends_on),
    constraint delegation_region_overlap exclude using gist (region_code with =, during with &&)
);
create index delegation_region_delegation on network.delegation_region (delegation_id, starts_on);
comment on table network.delegation_region is
    'Territory as dated rows; a region, former ones included, has at most one delegation on any day.';

create table network.delegation_succession (
    id          uuid primary key default engine.uuid_v7(),
    from_id     uuid not null constraint delegation_succession_from references network.delegation,
    to_id       uuid not null constraint delegation_succession_to references network.delegation,
    region_code text constraint delegation_succession_region_known references reference.region,
    on_date     date not null,
    constraint delegation_succession_distinct check (from_id <> to_id),
    constraint delegation_succession_key unique nulls not distinct (from_id, to_id, region_code)
);
create index delegation_succession_to on network.delegation_succession (to_id);
comment on table network.delegation_succession is
    'Which body followed which: 18 of 2012, 14 today; region_code when only that part went over.';

create table network.member (
    id                     uuid primary key default engine.uuid_v7(),
    version                integer not null default 1,
    created_at             timestamptz not null default now(),
    updated_at             timestamptz not null default now(),
    changed_in             xid8 not null default pg_current_xact_id(),
    deleted_at             timestamptz,
    organisation_id        uuid not null constraint member_organisation references network.organisation,
    siret                  text constraint member_siret_valid check (identifier.fault('SIRET', siret) is null),
    siret_at_agreement     text constraint member_siret_at_agreement_valid check (identifier.fault('SIRET', siret_at_agreement) is null),
    name                   text collate "fr-x-icu" not null
        constraint member_name_length check (length(name) between 3 and 150)
        constraint member_name_final_stop check (name !~ '\.\s*$'),
    brand                  text collate "fr-x-icu" constraint member_brand_length check (length(brand) between 1 and 150),
    kind                   text not null constraint member_kind_known check (kind in
        ('AI', 'ACI', 'EI', 'ETTI', 'EITI', 'ETT_ESS', 'EBE', 'GES', 'PROXIM', 'OSP', 'OF', 'OTHER')),
    is_siae                boolean not null
        generated always as (kind in ('AI', 'ACI', 'EI', 'ETTI', 'EITI')) stored,
    group_id               uuid constraint member_group_known references network.economic_group,
    naf                    text,
    naf_version            text constraint member_naf_version_known check (naf_version in ('REV2', '2025')),
    commune_code           text constraint member_commune_known references reference.commune,
    department_code        text constraint member_department_known references reference.department,
    region_code            text constraint member_region_known references reference.region,
    address                text constraint member_address_length check (length(address) <= 300),
    postal_code            text constraint member_postal_code_form check (postal_code ~ '^\d{5}$'),
    latitude               numeric(9, 6) constraint member_latitude_range check (latitude between -90 and 90),
    longitude              numeric(9, 6) constraint member_longitude_range check (longitude between -180 and 180),
    email                  text constraint member_email_form check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    phone                  text constraint member_phone_form check (phone ~ '^\+[1-9]\d{6,14}$'),
    website                text constraint member_website_form check (website ~ '^https?://[^\s]+$'),
    description            text constraint member_description_length check (length(description) <= 2000),
    public_listing_consent boolean not null default false,
    fictitious             boolean not null default false,
    search                 tsvector not null default ''::tsvector,
    constraint member_naf_valid check (identifier.fault('NAF', naf) is null),
    constraint member_place_pair check ((latitude is null) = (longitude is null))
);
create unique index member_siret_kind_key on network.member (siret, kind) where deleted_at is null;
create index member_name on network.member (name, id);
create index member_updated on network.member (updated_at, id);
create index member_organisation on network.member (organisation_id);
create index member_region on network.member (region_code, name, id);
create index member_department on network.member (department_code, name, id);
create index member_kind on network.member (kind, name, id);
create index member_group on network.member (group_id) where group_id is not null;
create index member_search on network.member using gin (search);
comment on table network.member is
    'Member structure (structure adhérente): one row per SIRET and kind; never deleted, only marked (deleted_at).';
comment on column network.member.siret is '14 digits, La Poste rule included; null only while the structure is an applicant.';
comment on column network.member.siret_at_agreement is 'SIRET when the agreement with the State was signed.';
comment on column network.member.commune_code is 'Official code; null only while the structure is an applicant.';
comment on column network.member.department_code is 'From the commune by trigger, never from the postal code.';
comment on column network.member.region_code is 'From the commune by trigger: region of the stated year.';
comment on column network.member.description is 'Public text; only those of 50 characters or more are published (data·inclusion v1).';
comment on column network.member.naf_version is 'REV2: NAF rev. 2 (2008); 2025: the list in force from 2027-01-01.';
comment on column network.member.public_listing_consent is 'The structure agrees to be listed to partners and the public.';
comment on column network.member.search is 'Words of name, brand, SIRET, commune without accents; kept by trigger.';

create table network.activity (
    id         uuid primary key default engine.uuid_v7(),
    version    integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    changed_in xid8 not null default pg_current_xact_id(),
    member_id  uuid not null constraint activity_member references network.member,
    kind       text not null constraint activity_kind_known check (kind in
        ('AI', 'ACI', 'EI', 'ETTI', 'EITI', 'ETT_ESS', 'EBE', 'GES', 'PROXIM', 'OSP', 'OF', 'OTHER')),
    siret      text constraint activity_siret_valid check (identifier.fault('SIRET', siret) is null),
    starts_on  date not null,
    ends_on    date,
    during     daterange generated always as (engine.period(starts_on, ends_on)) stored,
    constraint activity_dates_order check (starts_on <= ends_on),
    constraint activity_overlap exclude using gist
        (member_id with =, kind with =, (coalesce(siret, '')) with =, during with &&)
);
create index activity_member on network.activity (member_id, starts_on);
comment on table network.activity is
    'Further agreements and activities of a member (ensemblier), dated; one of a kind and SIRET on any day.';

create table network.membership (
    id                 uuid primary key default engine.uuid_v7(),
    version            integer not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    changed_in         xid8 not null default pg_current_xact_id(),
    member_id          uuid not null constraint membership_member references network.member,
    starts_on          date not null,
    ends_on            date,
    during             daterange generated always as (engine.period(starts_on, ends_on)) stored,
    run_starts_on      date,
    origin             text constraint membership_origin_known
        check (origin in ('JOINED', 'RENEWED', 'REJOINED', 'MERGED')),
    end_reason         text constraint membership_end_reason_known
        check (end_reason in ('RESIGNED', 'STRUCK_OFF', 'UNPAID', 'CLOSED', 'MERGED', 'MOVED')),
    charter_signed_on  date,
    charter_version    text constraint membership_charter_version_length check (length(charter_version) between 1 and 30),
    decided_on         date,
    delegation_opinion text constraint membership_opinion_known
        check (delegation_opinion in ('FAVOURABLE', 'RESERVED', 'UNFAVOURABLE')),
    note               text constraint membership_note_length check (length(note) <= 1000),
    constraint membership_dates_order check (starts_on <= ends_on),
    constraint membership_end_reason_needs_end check (end_reason is null or ends_on is not null),
    constraint membership_period_overlap exclude using gist (member_id with =, during with &&)
);
create index membership_member on network.membership (member_id, starts_on desc);
comment on table network.membership is
    'Periods of membership; two of one member never overlap. Status and origin follow from them and a date.';
comment on column network.membership.run_starts_on is
    'First day of the unbroken run this period belongs to; kept by trigger.';
comment on column network.membership.origin is
    'JOINED first, RENEWED without a gap, REJOINED after one (computed), MERGED (entered by hand).';
comment on column network.membership.end_reason is 'Why it ended; null on a past period = not renewed, grace days run.';
comment on column network.membership.decided_on is 'Day of the board''s decision.';

create table network.member_delegation (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    member_id     uuid not null constraint member_delegation_member references network.member,
    delegation_id uuid not null constraint member_delegation_known references network.delegation,
    is_primary    boolean not null default true,
    starts_on     date not null,
    ends_on       date,
    during        daterange generated always as (engine.period(starts_on, ends_on)) stored,
    reason        text constraint member_delegation_reason_length check (length(reason) between 3 and 500),
    constraint member_delegation_dates_order check (starts_on <= ends_on),
    constraint member_delegation_one_primary exclude using gist
        (member_id with =, during with &&) where (is_primary),
    constraint member_delegation_overlap exclude using gist
        (member_id with =, delegation_id with =, during with &&)
);
create index member_delegation_member on network.member_delegation (member_id, starts_on desc);
create index member_delegation_delegation on network.member_delegation (delegation_id) where is_primary;
comment on table network.member_delegation is
    'Which delegation a member belongs to, dated; exactly one primary on every day of membership, others do not count.';
comment on column network.member_delegation.reason is
    'Why another delegation than that of the region: required then (domain page, example 5).';

create table network.suspension (
    id         uuid primary key default engine.uuid_v7(),
    version    integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    changed_in xid8 not null default pg_current_xact_id(),
    member_id  uuid not null constraint suspension_member references network.member,
    starts_on  date not null,
    ends_on    date,
    during     daterange generated always as (engine.period(starts_on, ends_on)) stored,
    reason     text constraint suspension_reason_length check (length(reason) between 3 and 500),
    constraint suspension_dates_order check (starts_on <= ends_on),
    constraint suspension_overlap exclude using gist (member_id with =, during with &&)
);
comment on table network.suspension is 'A member suspended from … to …: a flag beside the status, not a status.';

create table network.contact (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    member_id   uuid not null constraint contact_member references network.member,
    given_name  text collate "fr-x-icu" not null
        constraint contact_given_name_length check (length(given_name) between 1 and 100),
    family_name text collate "fr-x-icu" not null
        constraint contact_family_name_length check (length(family_name) between 1 and 100),
    role        text constraint contact_role_length check (length(role) between 1 and 150),
    email       text constraint contact_email_form check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    phone       text constraint contact_phone_form check (phone ~ '^\+[1-9]\d{6,14}$'),
    is_main     boolean not null default false,
    ended_on    date,
    fictitious  boolean not null default false
);
create index contact_member on network.contact (member_id, family_name, id);
create unique index contact_one_main on network.contact (member_id) where is_main and ended_on is null;
comment on table network.contact is 'People to talk to at a member; at most one main contact.';
comment on column network.contact.ended_on is 'Last day in the function, inclusive; null = still there.';

create table network.person (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    given_name  text collate "fr-x-icu" not null constraint person_given_name_length check (length(given_name) between 1 and 100),
    family_name text collate "fr-x-icu" not null constraint person_family_name_length check (length(family_name) between 1 and 100),
    email       text constraint person_email_form check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    phone       text constraint person_phone_form check (phone ~ '^\+[1-9]\d{6,14}$'),
    fictitious  boolean not null default false
);
comment on table network.person is 'Someone with a mandate or a post in the network; may hold several.';

create table network.appointment (
    id                uuid primary key default engine.uuid_v7(),
    version           integer not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    changed_in        xid8 not null default pg_current_xact_id(),
    person_id         uuid not null constraint appointment_person_known references network.person,
    nature            text not null constraint appointment_nature_known check (nature in ('MANDATE', 'EMPLOYMENT')),
    body              text not null constraint appointment_body_known check (body in
        ('BOARD', 'BUREAU', 'ORIENTATION_COMMITTEE', 'EMPLOYEE_COLLEGE', 'DELEGATION_REPRESENTATIVES', 'COMMISSION',
         'WORKING_GROUP', 'CTN', 'DELEGATION_TEAM', 'NATIONAL_TEAM')),
    role              text not null constraint appointment_role_known check (role in
        ('PRESIDENT', 'VICE_PRESIDENT', 'SECRETARY', 'TREASURER', 'MEMBER', 'REPRESENTATIVE', 'PILOT',
         'SECRETARY_GENERAL', 'REGIONAL_DELEGATE', 'CO_DELEGATE', 'PROJECT_OFFICER', 'DEVELOPMENT_OFFICER',
         'COMMUNICATION_OFFICER', 'ADMINISTRATIVE_ASSISTANT', 'TRANSITION_MANAGER', 'MANAGER',
         'ELECTED_PRESIDENT', 'OTHER')),
    label             text collate "fr-x-icu" constraint appointment_label_length check (length(label) between 1 and 150),
    college           text constraint appointment_college_known check (college in ('REGIONS', 'MEMBERS', 'EMPLOYEES')),
    unit              text constraint appointment_unit_known check (unit in
        ('TRANSITION_MANAGEMENT', 'ADMINISTRATION_FINANCE', 'RESOURCES_INNOVATION_DEVELOPMENT',
         'TRAINING_SERVICES', 'NETWORK_EXTERNAL_RELATIONS')),
    delegation_id     uuid constraint appointment_delegation_known references network.delegation,
    full_time_percent integer constraint appointment_full_time_percent_range
        check (full_time_percent between 1 and 100),
    elected_on        date,
    starts_on         date not null,
    ends_on           date,
    during            daterange generated always as (engine.period(starts_on, ends_on)) stored,
    constraint appointment_dates_order check (starts_on <= ends_on),
    constraint appointment_delegation_required check
        (body not in ('DELEGATION_REPRESENTATIVES', 'DELEGATION_TEAM') or delegation_id is not null),
    constraint appointment_overlap exclude using gist
        (person_id with =, body with =, role with =, (coalesce(label, '')) with =,
         (coalesce(delegation_id, '00000000-0000-0000-0000-000000000000'::uuid)) with =, during with &&)
);
create index appointment_person on network.appointment (person_id, starts_on);
create index appointment_delegation on network.appointment (delegation_id, starts_on);
comment on table network.appointment is
    'Mandates and posts, dated; a person holds several, and each ends by itself (domain page, example 51).';
comment on column network.appointment.nature is 'EMPLOYMENT: paid post, counted as staff; MANDATE: elected or designated.';
comment on column network.appointment.label is 'Name of the commission or working group, or the printed title of the post.';
comment on column network.appointment.full_time_percent is 'Working time in percent of full time.';

create table network.dated_setting (
    name      text not null constraint dated_setting_name_known check (name in ('grace_days')),
    value     integer not null,
    starts_on date not null,
    ends_on   date,
    during    daterange generated always as (engine.period(starts_on, ends_on)) stored,
    source    text,
    constraint dated_setting_dates_order check (starts_on <= ends_on),
    constraint dated_setting_overlap exclude using gist (name with =, during with &&)
);
comment on table network.dated_setting is
    'Figures of rules with their dates. grace_days: days after the last day of an unrenewed period (status GRACE).';
insert into network.dated_setting (name, value, starts_on, source)
values ('grace_days', 90, '1985-01-01', 'Working value until the federation states its own.');

-- Who else may see a member, and when: derived from the rows above by trigger, read by every policy.
create table network.audience (
    member_id     uuid not null constraint audience_member references network.member,
    viewer_id     uuid not null,
    starts_on     date not null,
    ends_on       date not null default 'infinity'
);
create index audience_member on network.audience (member_id, viewer_id);
create index audience_viewer on network.audience (viewer_id, member_id);
comment on table network.audience is
    'Derived: days on which a delegation, or the partners (zeros: active and consented), may see a member.';
comment on column network.audience.viewer_id is 'The delegation, or zeros for all partners: what session.viewer_id() says.';

call engine.set_revision('network_tables');
commit;
