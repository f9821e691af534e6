-- Members as they are today, kept ready: one row read instead of seven looked up, each under its policy.
--
-- network.member_at stays the only definition. A card is its row, written again at the end of each transaction that
-- changed something it shows, and good until the first day on which it could read otherwise. A card that is not good
-- (written in this transaction, or its day has passed) is not read: the member is computed. So a late job costs time,
-- never a wrong answer.
begin;

create table network.member_card (
    id uuid primary key constraint member_card_member references network.member on delete cascade,
    version integer, siret text, siren text, name text collate "fr-x-icu", brand text, kind text, is_siae boolean,
    status text, suspended boolean, organisation_id uuid, legal_name text, legal_category text, rna text,
    local_register_ref text, idcc text, nda text, previous_nda text, opco_code text, naf text, naf_version text,
    siret_at_agreement text, commune_code text, commune_name text, department_code text, region_code text,
    delegation_id uuid, delegation_name text, out_of_region boolean, group_id uuid, joined_on date, left_on date,
    first_joined_on date, address text, postal_code text, latitude numeric, longitude numeric, email text, phone text,
    website text, description text, public_listing_consent boolean, warnings jsonb, created_at timestamptz,
    updated_at timestamptz, search tsvector,
    good_until date not null default '-infinity',
    spoilt_in xid8 not null default pg_current_xact_id());
comment on table network.member_card is 'Derived: network.member_at of the day each row was written, for reading.';
comment on column network.member_card.good_until is
    'Last day on which the row reads as it stands; -infinity: something it shows has changed, to be written again.';
comment on column network.member_card.spoilt_in is 'The transaction that changed something the row shows, last.';

create index member_card_good on network.member_card (good_until);
create index member_card_name on network.member_card (name, id);
create index member_card_kind on network.member_card (kind, name, id);
create index member_card_region on network.member_card (region_code, name, id);
create index member_card_department on network.member_card (department_code, name, id);
create index member_card_delegation on network.member_card (delegation_id, name, id);
create index member_card_status on network.member_card (status, name, id);
create index member_card_group on network.member_card (group_id, name, id) where group_id is not null;
create index member_card_siret on network.member_card (siret);
create index member_card_updated on network.member_card (updated_at, id);
create index member_card_joined on network.member_card (joined_on, id);
create index member_card_search on network.member_card using gin (search);

-- --- reading ---

alter table network.member_card enable row level security;
alter table network.member_card force row level security;
create policy owner on network.member_card to maillage_owner using (true) with check (true);
grant select on network.member_card to maillage_app;
-- Whom members are shown to: as on network.member. The answer for those who see all is a constant of the statement.
create policy read on network.member_card for select to maillage_app using (
    (select session.caller() = 'NATIONAL')
    or id = (select session.member_id())
    or exists (select from network.audience a where a.member_id = member_card.id));

create function network.cards_are_late() returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    return exists (select from network.member_card c where c.good_until < engine.today());
end $$;
comment on function network.cards_are_late() is 'True when some card, of whomever, must not be read today.';

create function network.member_computed() returns setof network.member_row
    language sql stable rows 1 set search_path = pg_catalog, pg_temp
    as $$
    select m.* from network.member_at(engine.today()) m
    where m.id in (select c.id from network.member_card c where c.good_until < engine.today())
    $$;
comment on function network.member_computed() is
    'Members of today whose card is late. Its own search path keeps it apart from the statement that calls: what is seldom '
    'needed costs nothing to set up.';

-- The cards stand in the union without a condition of their own: only so are they read in the order of an index.
create function network.member_today() returns setof network.member_row
    language sql stable
    as $$
    select id, version, siret, siren, name, brand, kind, is_siae, status,
        suspended and (select session.caller() <> 'PARTNER'), organisation_id, legal_name, legal_category, rna,
        local_register_ref, idcc, nda, previous_nda, opco_code, naf, naf_version, siret_at_agreement, commune_code,
        commune_name, department_code, region_code, delegation_id, delegation_name, out_of_region, group_id, joined_on,
        left_on, first_joined_on, address, postal_code, latitude, longitude, email, phone, website, description,
        public_listing_consent, warnings, created_at, updated_at, search
    from (
        select id, version, siret, siren, name, brand, kind, is_siae, status, suspended, organisation_id, legal_name,
            legal_category, rna, local_register_ref, idcc, nda, previous_nda, opco_code, naf, naf_version,
            siret_at_agreement, commune_code, commune_name, department_code, region_code, delegation_id,
            delegation_name, out_of_region, group_id, joined_on, left_on, first_joined_on, address, postal_code,
            latitude, longitude, email, phone, website, description, public_listing_consent, warnings, created_at,
            updated_at, search, good_until
        from network.member_card
        union all
        select m.*, 'infinity'::date from network.member_computed() m where (select network.cards_are_late())) card
    where good_until >= engine.today()
    $$;
comment on function network.member_today() is
    'network.member_at of today, from the cards that are good; the others are computed. Partners see no suspension.';

-- --- writing ---

create function network.card_good_until(member uuid, day date) returns date
    language sql stable
    as $$
    select least('infinity'::date,
        (select min(case when p.starts_on > day then p.starts_on - 1 when p.ends_on >= day then p.ends_on
                         when p.ends_on + network.grace_days(day) >= day then p.ends_on + network.grace_days(day) end)
         from network.membership p where p.member_id = member),
        (select min(case when s.starts_on > day then s.starts_on - 1 when s.ends_on >= day then s.ends_on end)
         from network.suspension s where s.member_id = member),
        (select min(case when d.starts_on > day then d.starts_on - 1 when d.ends_on >= day then d.ends_on end)
         from network.member_delegation d where d.member_id = member),
        (select min(case when r.starts_on > day then r.starts_on - 1 when r.ends_on >= day then r.ends_on end)
         from network.member_delegation d join network.delegation_region r on r.delegation_id = d.delegation_id
         where d.member_id = member),
        (select min(case when g.starts_on > day then g.starts_on - 1 when g.ends_on >= day then g.ends_on end)
         from network.dated_setting g where g.name = 'grace_days'))
    $$;
comment on function network.card_good_until(uuid, date) is
    'The last day before any date of the member, of its delegation''s territory or of the grace days makes a difference.';

create function network.write_cards(members uuid[]) returns void
    language sql volatile
    as $$
    insert into network.member_card
    select m.*, network.card_good_until(m.id, engine.today()), pg_current_xact_id()
    from network.member_at(engine.today()) m where m.id = any (members)
    on conflict on constraint member_card_pkey do update set
        (version, siret, siren, name, brand, kind, is_siae, status, suspended, organisation_id, legal_name,
         legal_category, rna, local_register_ref, idcc, nda, previous_nda, opco_code, naf, naf_version,
         siret_at_agreement, commune_code, commune_name, department_code, region_code, delegation_id, delegation_name,
         out_of_region, group_id, joined_on, left_on, first_joined_on, address, postal_code, latitude, longitude,
         email, phone, website, description, public_listing_consent, warnings, created_at, updated_at, search,
         good_until) =
        (excluded.version, excluded.siret, excluded.siren, excluded.name, excluded.brand, excluded.kind,
         excluded.is_siae, excluded.status, excluded.suspended, excluded.organisation_id, excluded.legal_name,
         excluded.legal_category, excluded.rna, excluded.local_register_ref, excluded.idcc, excluded.nda,
         excluded.previous_nda, excluded.opco_code, excluded.naf, excluded.naf_version, excluded.siret_at_agreement,
         excluded.commune_code, excluded.commune_name, excluded.department_code, excluded.region_code,
         excluded.delegation_id, excluded.delegation_name, excluded.out_of_region, excluded.group_id,
         excluded.joined_on, excluded.left_on, excluded.first_joined_on, excluded.address, excluded.postal_code,
         excluded.latitude, excluded.longitude, excluded.email, excluded.phone, excluded.website, excluded.description,
         excluded.public_listing_consent, excluded.warnings, excluded.created_at, excluded.updated_at, excluded.search,
         excluded.good_until);
    delete from network.member_card c where c.id = any (members) and not exists (
        select from network.member m where m.id = c.id and m.deleted_at is null)
    $$;
comment on function network.write_cards(uuid[]) is 'Writes these cards as of today; a removed member has none.';

-- Whoever spoils a card holds its row until the end, where it is written again from what is committed by then: of two
-- transactions that change the same member, the second writes last and sees both.
create function network.spoil_cards(members uuid[]) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into network.member_card (id)
    select m.id from network.member m where m.id = any (members) order by m.id
    on conflict on constraint member_card_pkey do update
        set good_until = '-infinity', spoilt_in = pg_current_xact_id()
        where member_card.good_until <> '-infinity' or member_card.spoilt_in <> pg_current_xact_id()
    $$;
comment on function network.spoil_cards(uuid[]) is
    'Something these members show has changed: their cards are no longer read, and written again at the commit.';

create function network.card_settle() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if exists (select from network.member_card c where c.id = new.id and c.good_until = '-infinity') then
        perform network.write_cards(array(select c.id from network.member_card c
            where c.good_until = '-infinity' and c.spoilt_in = pg_current_xact_id()));
    end if;
    return null;
end $$;
comment on function network.card_settle() is 'At the end of the transaction: all cards that it spoilt, at the first of them.';
create constraint trigger member_card_settle after insert or update on network.member_card
    deferrable initially deferred for each row when (new.good_until = '-infinity')
    execute function network.card_settle();

create function network.card_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    changed text := case tg_op when 'INSERT' then 'table written' when 'DELETE' then 'table replaced'
        else 'table written union all table replaced' end;
    members uuid[];
begin
    execute format('with changed as (%s) select array_agg(distinct id) from (%s) v (id)', changed, tg_argv[0]) into members;
    perform network.spoil_cards(members);
    return null;
end $$;
comment on function network.card_follow() is
    'After a write: spoils the cards of the members concerned. The argument is a query that finds them from "changed".';

-- Their names come after those of the triggers that hold the member's own row: everybody takes locks in one order.
do $$
declare
    t record;
begin
    for t in select * from (values
            ('network.member', 'member', 'select id from changed'),
            ('network.membership', 'membership', 'select member_id from changed'),
            ('network.member_delegation', 'member_delegation', 'select member_id from changed'),
            ('network.suspension', 'suspension', 'select member_id from changed'),
            ('network.organisation', 'organisation',
                'select m.id from changed c join network.member m on m.organisation_id = c.id'),
            ('network.delegation', 'delegation',
                'select d.member_id from changed c join network.member_delegation d on d.delegation_id = c.id'),
            ('network.delegation_region', 'delegation_region',
                'select d.member_id from changed c join network.member_delegation d using (delegation_id)'),
            ('network.dated_setting', 'dated_setting', 'select m.id from network.member m'),
            ('reference.commune', 'commune',
                'select m.id from changed c join network.member m on m.commune_code = c.code')) v (source, name, members)
    loop
        execute format('create trigger %s_show_insert after insert on %s referencing new table as written '
            'for each statement execute function network.card_follow(%L)', t.name, t.source, t.members);
        execute format('create trigger %s_show_update after update on %s referencing new table as written '
            'old table as replaced for each statement execute function network.card_follow(%L)', t.name, t.source, t.members);
        execute format('create trigger %s_show_delete after delete on %s referencing old table as replaced '
            'for each statement execute function network.card_follow(%L)', t.name, t.source, t.members);
    end loop;
end $$;

-- --- the day passes ---

create function network.renew_cards(batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    members uuid[];
begin
    members := array(select c.id from network.member_card c where c.good_until < engine.today()
        order by c.id limit batch for update skip locked);
    if cardinality(members) = 0 then    -- rows that were loaded without triggers
        members := array(select m.id from network.member m where m.deleted_at is null
            and not exists (select from network.member_card c where c.id = m.id) order by m.id limit batch);
    end if;
    perform network.write_cards(members);
    return cardinality(members);
end $$;
comment on function network.renew_cards(integer) is 'Writes cards again that are no longer good, and those that are missing.';
revoke execute on function network.spoil_cards(uuid[]), network.write_cards(uuid[]), network.renew_cards(integer) from public;

insert into engine.job (name, function_name, description, every) values
    ('renew-member-cards', 'network.renew_cards', 'Writes members again that read differently since midnight.', '1 hour');
select network.write_cards(array(select id from network.member));

call engine.set_revision('member_cards');
commit;
