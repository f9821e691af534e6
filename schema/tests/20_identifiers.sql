-- The same cases as the daemon's unit test.
\ir fixture.inc
create temporary table line (text text);
\copy line from program 'cat ../../tests/cases/identifiers.tsv' with (format csv, delimiter E'\x01', quote E'\x02')
create temporary view case_of as
select upper(replace(split_part(text, E'\t', 1), '-', '_')) as kind, replace(split_part(text, E'\t', 2), '\t', E'\t') as value,
    nullif(split_part(text, E'\t', 3), '-') as normal, nullif(split_part(text, E'\t', 4), '-') as fault
from line where text !~ '^#' and text <> '';
select plan((select count(*)::integer from case_of) + 13);

select is(coalesce(identifier.fault(kind, identifier.normal(kind, value)), identifier.normal(kind, value)),
    coalesce(fault, normal), kind || ' ' || value) from case_of;

select is(identifier.siret_rule('73282932000074'), 'LUHN', 'an ordinary SIRET');
select is(identifier.siret_rule('35600000000048'), 'LUHN', 'head office of La Poste');
select is(identifier.siret_rule('35600000009075'), 'LAPOSTE_MOD5', 'example 1: an establishment of La Poste');
select is(identifier.siret_rule('35600000009076'), null, 'example 1: another sum');
select is(identifier.digit_sum('35600000049837'), 45, 'sum of digits');
select is(identifier.luhn('732829320'), true, 'Luhn');
select is(identifier.vat_of('732829320'), 'FR44732829320', 'example 2: VAT of a SIREN');
select is((select normalised from network.check_identifier('SIRET', '732 829 320 00074')), '73282932000074', 'example 2: blanks');
select is((select derived ->> 'siren' from network.check_identifier('SIRET', '732 829 320 00074')), '732829320', 'its SIREN');
select is((select detail like '%registre local%' from network.check_identifier('RNA', '178-236')), true, 'example 4: the hint');
select is((select derived ->> 'region_code' from network.check_identifier('COMMUNE', '2A004')), '94', 'region of a commune of Corse');
select is((select fault from network.check_identifier('COMMUNE', '35999')), 'commune-unknown', 'a code of no commune');
select is((select derived ->> 'delegation_id' from network.check_identifier('COMMUNE', '97411')),
    'd0000000-0000-7000-8000-000000000004', 'the delegation of a commune');
select * from finish();
rollback;
