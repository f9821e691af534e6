-- Money: the group account at the OPCO by member and year, invoices by origin of the funds, declarations of the year.
begin;

create table training.group_account (
    member_id         uuid not null constraint group_account_member_known references network.member,
    year              integer not null constraint group_account_year_range check (year between 2000 and 2200),
    contributed_cents bigint not null default 0,
    committed_cents   bigint not null default 0,
    paid_cents        bigint not null default 0,
    balance_cents     bigint not null generated always as (contributed_cents - committed_cents) stored,
    constraint group_account_key primary key (member_id, year),
    constraint group_account_never_below_zero check (committed_cents <= contributed_cents),
    constraint group_account_paid_within_commitment check (paid_cents <= committed_cents and paid_cents >= 0 and committed_cents >= 0)
);
comment on table training.group_account is
    'Account of a member at the OPCO in a year (compte de groupe): kept by trigger from its entries, never below zero.';

create table training.group_account_entry (
    id               uuid primary key default engine.uuid_v7(),
    created_at       timestamptz not null default now(),
    member_id        uuid not null,
    year             integer not null,
    kind             text not null constraint group_account_entry_kind_known check (kind in ('CONTRIBUTION', 'COMMITMENT', 'RELEASE', 'PAYMENT')),
    amount_cents     bigint not null constraint group_account_entry_amount_range check (amount_cents between 1 and 100000000000),
    purpose          text constraint group_account_entry_purpose_known check (purpose in
        ('FEDERATION_TRAINING', 'SUPPORT_PROGRAMME', 'PIC_IAE_REMAINDER')),
    session_id       uuid constraint group_account_entry_session_known references training.session,
    cost_cents       bigint constraint group_account_entry_cost_range check (cost_cents >= 1),
    common_law_cents bigint constraint group_account_entry_common_law_range check (common_law_cents >= 0),
    reason           text constraint group_account_entry_reason_length check (length(reason) between 3 and 500),
    entered_on       date not null default engine.today(),
    balance_cents    bigint not null default 0,
    constraint group_account_entry_account foreign key (member_id, year) references training.group_account on delete cascade,
    constraint group_account_entry_purpose_required check ((kind = 'COMMITMENT') = (purpose is not null)),
    constraint group_account_entry_common_law_first check (kind <> 'COMMITMENT'
        or common_law_cents is not null and cost_cents is not null and (common_law_cents > 0 or reason is not null)),
    constraint group_account_entry_amount_is_remainder check (kind <> 'COMMITMENT' or amount_cents = cost_cents - common_law_cents)
);
create index group_account_entry_account_idx on training.group_account_entry (member_id, year, id);
comment on table training.group_account_entry is 'Movements of the group account; never changed, a RELEASE takes a commitment back.';
comment on column training.group_account_entry.amount_cents is
    'Euro cents. Of a commitment: cost less what common law pays, which comes first (example 35).';
comment on column training.group_account_entry.common_law_cents is
    'What the OPCO pays under common law; 0 only with the reason why it pays nothing.';
comment on column training.group_account_entry.balance_cents is 'Balance of the account after the entry.';

create function training.post_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    sign constant jsonb := '{"CONTRIBUTION": [1, 0, 0], "COMMITMENT": [0, 1, 0], "RELEASE": [0, -1, 0], "PAYMENT": [0, 0, 1]}'::jsonb -> new.kind;
begin
    if new.year < training.setting('group_account_first_year', new.entered_on) then
        perform engine.refuse('group_account_not_begun', 'the account begins later',
            jsonb_build_object('first_year', training.setting('group_account_first_year', new.entered_on)));
    elsif new.kind in ('CONTRIBUTION', 'COMMITMENT') and not exists (
        select from network.member m join network.organisation o on o.id = m.organisation_id
        where m.id = new.member_id and m.deleted_at is null and o.opco_code = 'UNIFORMATION'
          and training.is_member_on(m.id, new.entered_on)) then
        perform engine.refuse('group_account_not_eligible', 'members affiliated to the OPCO only');
    end if;
    insert into training.group_account (member_id, year) values (new.member_id, new.year) on conflict do nothing;
    update training.group_account a
    set contributed_cents = a.contributed_cents + (sign ->> 0)::integer * new.amount_cents,
        committed_cents = a.committed_cents + (sign ->> 1)::integer * new.amount_cents,
        paid_cents = a.paid_cents + (sign ->> 2)::integer * new.amount_cents
    where a.member_id = new.member_id and a.year = new.year
    returning a.balance_cents into new.balance_cents;
    return new;
end $$;
comment on function training.post_entry() is
    'Before insert: eligibility, then one update of the account, whose checks refuse what it does not hold. Two draws at '
    'once meet on the row, and the second is judged on what the first left.';
create trigger training_group_account_entry_10_post before insert on training.group_account_entry
    for each row execute function training.post_entry();

create function training.never_changed() returns trigger
    language plpgsql
    as $$
begin
    if not training.erasing() then
        perform engine.refuse('entry_immutable', 'entries are corrected by another entry');
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
comment on function training.never_changed() is 'Rows of a ledger stay as they are.';
create trigger training_group_account_entry_20_kept before update or delete on training.group_account_entry
    for each row execute function training.never_changed();

create table training.invoice (
    id             uuid primary key default engine.uuid_v7(),
    created_at     timestamptz not null default now(),
    number         text not null constraint invoice_number_key unique
        constraint invoice_number_form check (number ~ '^[A-Za-z0-9][A-Za-z0-9/_-]{0,39}$'),
    session_id     uuid constraint invoice_session_known references training.session,
    member_id      uuid constraint invoice_member_known references network.member,
    payer_name     text collate "fr-x-icu" constraint invoice_payer_length check (length(payer_name) between 1 and 200),
    funding_code   text constraint invoice_funding_known check (funding_code in
        ('1', '2A', '2B', '2C', '2D', '2E', '2F', '2G', '2H', '3', '4', '5', '6', '7', '8', '9', '10', '11')),
    amount_cents   bigint not null constraint invoice_amount_not_zero check (amount_cents <> 0),
    invoiced_on    date not null,
    credited_id    uuid constraint invoice_credited_known references training.invoice,
    fictitious     boolean not null default false,
    constraint invoice_credit_sign check ((credited_id is not null) = (amount_cents < 0))
);
create index invoice_date on training.invoice (invoiced_on, id);
create index invoice_session on training.invoice (session_id);
create index invoice_credited on training.invoice (credited_id) where credited_id is not null;
comment on table training.invoice is 'Invoices and credit notes without tax; the date decides the accounting year, that of the credit note its own.';
comment on column training.invoice.amount_cents is 'Euro cents before tax; negative exactly for a credit note.';
comment on column training.invoice.funding_code is 'Origin of the money: line of frame C of the BPF.';

create function training.guard_credit() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    left_cents bigint;
begin
    if new.credited_id is not null then
        perform from training.invoice i where i.id = new.credited_id for update;
        select i.amount_cents + coalesce((select sum(c.amount_cents) from training.invoice c where c.credited_id = i.id), 0)
        into left_cents from training.invoice i where i.id = new.credited_id;
        if left_cents + new.amount_cents < 0 then
            perform engine.refuse('credit_above_invoice', 'more than is left of the invoice',
                jsonb_build_object('left_cents', left_cents));
        end if;
    end if;
    return new;
end $$;
comment on function training.guard_credit() is 'Credit notes take back no more than the invoice had.';
create trigger training_invoice_10_credit before insert on training.invoice
    for each row execute function training.guard_credit();
create trigger training_invoice_20_kept before update or delete on training.invoice
    for each row execute function training.never_changed();

create table training.declaration (
    id                        uuid primary key default engine.uuid_v7(),
    version                   integer not null default 1,
    created_at                timestamptz not null default now(),
    updated_at                timestamptz not null default now(),
    changed_in                xid8 not null default pg_current_xact_id(),
    year                      integer not null constraint declaration_year_key unique
        constraint declaration_year_range check (year between 2000 and 2200),
    starts_on                 date not null,
    ends_on                   date not null,
    body_name                 text collate "fr-x-icu" not null constraint declaration_name_length check (length(body_name) between 1 and 200),
    siret                     text not null constraint declaration_siret_valid check (identifier.fault('SIRET', siret) is null),
    nda                       text not null constraint declaration_nda_valid check (identifier.fault('NDA', nda) is null),
    address                   text constraint declaration_address_length check (length(address) between 1 and 300),
    has_remote_training       boolean,
    turnover_cents            bigint constraint declaration_turnover_range check (turnover_cents >= 0),
    charges_cents             bigint constraint declaration_charges_range check (charges_cents >= 0),
    trainers_pay_cents        bigint constraint declaration_pay_range check (trainers_pay_cents >= 0),
    purchased_training_cents  bigint constraint declaration_purchases_range check (purchased_training_cents >= 0),
    filed_at                  timestamptz,
    filed                     jsonb,
    constraint declaration_dates_order check (starts_on <= ends_on and ends_on < starts_on + 731),
    constraint declaration_charges_parts check (trainers_pay_cents + purchased_training_cents <= charges_cents)
);
comment on table training.declaration is
    'What the BPF of a year needs beside the rows: frames A, B, D and the turnover; and what was filed, as it was.';
comment on column training.declaration.starts_on is 'First day of the accounting year; normally 1 January.';
comment on column training.declaration.filed is 'The report as filed; from then on it does not change.';

create function training.declaration_kept() returns trigger
    language plpgsql
    as $$
begin
    if old.filed_at is not null and not training.erasing() then
        perform engine.refuse('declaration_filed', 'the report of this year is filed');
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
comment on function training.declaration_kept() is 'What was filed stays.';
create trigger training_declaration_10_kept before update or delete on training.declaration
    for each row execute function training.declaration_kept();
create trigger training_declaration_90_version before update on training.declaration
    for each row execute function engine.keep_version();

call engine.set_revision('training_money');
commit;
