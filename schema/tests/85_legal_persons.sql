-- A legal person with members in two territories: neither delegation changes its facts alone.
\ir fixture.inc
select plan(9);
create function pg_temp.patch(caller text, member uuid, body jsonb) returns text language sql as $$
    select tap.attempt(caller, format('select legal_name from network.update_member(%L, %s, %L)', member,
        (select m.version from network.member m where m.id = member), body)) $$;
create function pg_temp.create(caller text, body jsonb) returns text language sql as $$
    select tap.attempt(caller, format('select siren from network.create_member(%L)', body), true) $$;
create function pg_temp.fact(fact text) returns text language sql as $$
    select to_jsonb(o) ->> fact from network.organisation o where siren = '404833048' $$;

select is(pg_temp.patch('PACA', :C, '{"legal_name": "Association C bis"}'), 'Association C bis', 'the only delegation of it changes its name');
select is(pg_temp.create('BRETAGNE', '{"name": "Antenne bretonne", "kind": "OF", "siret": "40483304800022", "commune_code": "35238", "legal_name": "Prise", "idcc": "3016"}'),
    '404833048', 'a member of another territory joins the legal person');
select is(pg_temp.fact('legal_name'), 'Association C', 'without changing its name');
select is(pg_temp.fact('idcc'), null, 'nor filling in what is not known of it');
select is(pg_temp.patch('BRETAGNE', (select id from network.member where name = 'Antenne bretonne'), '{"legal_name": "Prise"}'), 'MA001 not_yours_to_change', 'from then on neither changes its facts');
select is(pg_temp.patch('PACA', :C, '{"legal_name": "Association C bis"}'), 'MA001 not_yours_to_change', 'not even the first');
select is(pg_temp.patch('PACA', :C, '{"legal_name": "Association C", "brand": "Enseigne"}'), 'Association C', 'sending what is there is no change');
select is(pg_temp.patch('NATIONAL', :C, '{"legal_name": "Association C bis"}'), 'Association C bis', 'the federation does');
update network.member set deleted_at = now() where name = 'Antenne bretonne';
select is(pg_temp.patch('PACA', :C, '{"idcc": "3016"}'), 'Association C', 'a member that was removed does not count');
select * from finish();
rollback;
