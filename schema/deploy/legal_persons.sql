-- A legal person may have members in several territories: its facts are for those who answer for all of them.
begin;

-- Looks beyond the territory: the members that the caller does not see are those that count.
create function network.holds_organisation(organisation uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select not exists (
        select from network.member m
        where m.organisation_id = organisation and m.deleted_at is null and not network.may_write(m.id))
    $$;
comment on function network.holds_organisation(uuid) is
    'True when every member of the legal person is the caller''s to write; true of one without members.';

create function network.organisation_guard() returns trigger
    language plpgsql
    as $$
declare
    facts constant text[] := array['siren', 'legal_name', 'legal_category', 'rna', 'local_register_ref', 'idcc', 'nda',
        'previous_nda', 'opco_code', 'created_on', 'closed_on'];
    changed text;
begin
    select f into changed from unnest(facts) f
    where to_jsonb(new) -> f is distinct from to_jsonb(old) -> f limit 1;
    if changed is not null and session.caller() = 'DELEGATION' and not network.holds_organisation(new.id) then
        perform engine.refuse('not_yours_to_change', 'the legal person has members in another territory',
            jsonb_build_object('property', changed));
    end if;
    return new;
end $$;
comment on function network.organisation_guard() is
    'A delegation changes the facts of a legal person only when all its members are its own.';
create trigger organisation_20_guard before update on network.organisation
    for each row execute function network.organisation_guard();

-- Looks beyond the territory: another delegation's member may have the same legal person.
create or replace function network.organisations_for(items jsonb) returns table (id uuid, organisation_id uuid)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
begin
    if session.caller() not in ('NATIONAL', 'DELEGATION', '') then
        perform engine.refuse('not_yours_to_change', 'legal persons are entered by the offices');
    end if;
    insert into network.organisation (siren, legal_name, legal_category, rna, local_register_ref, idcc, nda,
        previous_nda, opco_code)
    select distinct on (siren) siren, coalesce((sent).legal_name, (sent).name), (sent).legal_category, (sent).rna,
        (sent).local_register_ref, (sent).idcc, (sent).nda, (sent).previous_nda, (sent).opco_code
    from (select left(identifier.normal('SIRET', (sent).siret), 9) as siren, sent
          from network.sent_members(items)) s
    where siren is not null
    on conflict on constraint organisation_siren_key do nothing;

    -- what is not yet known of a legal person that is the caller's to write
    update network.organisation o set legal_category = coalesce(o.legal_category, (s.sent).legal_category),
        rna = coalesce(o.rna, (s.sent).rna), idcc = coalesce(o.idcc, (s.sent).idcc),
        nda = coalesce(o.nda, (s.sent).nda), opco_code = coalesce(o.opco_code, (s.sent).opco_code),
        local_register_ref = coalesce(o.local_register_ref, (s.sent).local_register_ref)
    from network.sent_members(items) s
    where o.siren = left(identifier.normal('SIRET', (s.sent).siret), 9)
      and (session.caller() <> 'DELEGATION' or network.holds_organisation(o.id));

    return query
    with nameless as materialized (
        select s.id, engine.uuid_v7() as organisation_id, s.sent
        from network.sent_members(items) s where (s.sent).siret is null
    ), made as (
        insert into network.organisation (id, legal_name, legal_category, rna, local_register_ref, idcc, nda,
            previous_nda, opco_code)
        select organisation_id, coalesce((sent).legal_name, (sent).name), (sent).legal_category, (sent).rna,
            (sent).local_register_ref, (sent).idcc, (sent).nda, (sent).previous_nda, (sent).opco_code
        from nameless
    )
    select n.id, n.organisation_id from nameless n
    union all
    select s.id, o.id from network.sent_members(items) s
    join network.organisation o on o.siren = left(identifier.normal('SIRET', (s.sent).siret), 9);
end $$;
comment on function network.organisations_for(jsonb) is
    'Finds or makes the legal person of each item by SIREN; fills in what is not yet known, overwrites nothing.';

call engine.set_revision('legal_persons');
commit;
