begin;
set local client_min_messages = warning;
drop trigger organisation_20_guard on network.organisation;
drop function network.organisation_guard();

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

    -- what is not yet known of a legal person that the caller sees
    update network.organisation o set legal_category = coalesce(o.legal_category, (s.sent).legal_category),
        rna = coalesce(o.rna, (s.sent).rna), idcc = coalesce(o.idcc, (s.sent).idcc),
        nda = coalesce(o.nda, (s.sent).nda), opco_code = coalesce(o.opco_code, (s.sent).opco_code),
        local_register_ref = coalesce(o.local_register_ref, (s.sent).local_register_ref)
    from network.sent_members(items) s
    where o.siren = left(identifier.normal('SIRET', (s.sent).siret), 9)
      and (session.caller() <> 'DELEGATION' or exists (
          select from network.member m where m.organisation_id = o.id and network.may_write(m.id)));

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

drop function network.holds_organisation(uuid);
call engine.set_revision('pass_tables');
commit;
