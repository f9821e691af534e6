-- French identifiers (domain page, 2.5): the same rules as api/base/identifier.c, proven by the same cases
-- (tests/cases/identifiers.tsv). Constraints ask for the normal form.
-- What runs for every row is plpgsql: its plans are kept, those of SQL functions are made at every call.
begin;

create schema identifier;
comment on schema identifier is 'Rules of French identifiers: form, check digits, normal form, what follows from them.';

create function identifier.luhn(digits text) returns boolean
    language plpgsql immutable strict parallel safe
    as $$
declare
    size constant integer := length(digits);
    digit integer;
    total integer := 0;
begin
    for place in 1 .. size loop
        digit := substr(digits, size + 1 - place, 1)::integer;
        if place % 2 = 0 then
            digit := 2 * digit - case when digit > 4 then 9 else 0 end;
        end if;
        total := total + digit;
    end loop;
    return total % 10 = 0;
end $$;
comment on function identifier.luhn(text) is
    'True when, every second digit from the right doubled and nines cast out, the sum is a multiple of ten.';

create function identifier.digit_sum(digits text) returns integer
    language sql immutable strict parallel safe
    as $$ select sum(d::integer)::integer from string_to_table(digits, null) d $$;
comment on function identifier.digit_sum(text) is 'Sum of the digits.';

create function identifier.siret_rule(siret text) returns text
    language sql immutable strict parallel safe
    as $$
    select case
        when siret !~ '^\d{14}$' or siret ~ '^0{9}' then null
        when not identifier.luhn(left(siret, 9)) then null
        when identifier.luhn(siret) then 'LUHN'
        when siret ~ '^356000000' and identifier.digit_sum(siret) % 5 = 0 then 'LAPOSTE_MOD5'
    end
    $$;
comment on function identifier.siret_rule(text) is
    'Rule that a SIRET in normal form satisfies: LUHN, or LAPOSTE_MOD5 for establishments of 356000000; null = none.';

create function identifier.vat_of(siren text) returns text
    language sql immutable strict parallel safe
    as $$ select 'FR' || lpad(((12 + 3 * (siren::bigint % 97)) % 97)::text, 2, '0') || siren $$;
comment on function identifier.vat_of(text) is 'VAT number of a SIREN: FR, (12 + 3 × SIREN mod 97) mod 97, SIREN.';

create function identifier.normal(kind text, value text) returns text
    language sql immutable strict parallel safe
    as $$
    select case
        when kind in ('IDCC', 'LEGAL_CATEGORY', 'COMMUNE') then value
        else upper(translate(value, E' .-\u00A0\u202F', '') collate "C")
    end
    $$;
comment on function identifier.normal(text, text) is
    'As stored: blanks, dots and hyphens left out, capitals; codes that are never written in groups stay as they are.';

create function identifier.fault(kind text, normal text) returns text
    language plpgsql immutable strict parallel safe
    as $$
declare
    form constant text := case kind
        when 'SIREN' then '^[0-9]{9}$'
        when 'SIRET' then '^[0-9]{14}$'
        when 'RNA' then '^W[0-9][A-Z0-9][0-9]{7}$'
        when 'VAT' then '^FR[0-9]{11}$'
        when 'NDA' then '^[0-9]{2}([0-9]{2}|2[AB])[0-9]{7}$'
        when 'IDCC' then '^[0-9]{4}$'
        when 'NAF' then '^[0-9]{4}[A-Z]$'
        when 'LEGAL_CATEGORY' then '^[0-9]{4}$'
        when 'COMMUNE' then '^((0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}|97[1-6][0-9]{2})$'
        when 'PASS_NUMBER' then '^[A-Z0-9]{12}$' end;
    trouble text;
begin
    if form is null then
        return 'kind-unknown';
    elsif normal !~ form then
        trouble := 'form';
    elsif kind = 'SIREN' then
        trouble := case when normal = '000000000' then 'null' when not identifier.luhn(normal) then 'checksum' end;
    elsif kind = 'SIRET' then
        trouble := case when left(normal, 9) = '000000000' then 'null'
            when identifier.siret_rule(normal) is null then 'checksum' end;
    elsif kind = 'VAT' then
        trouble := case when right(normal, 9) = '000000000' or not identifier.luhn(right(normal, 9))
            or normal <> identifier.vat_of(right(normal, 9)) then 'checksum' end;
    end if;
    return replace(lower(kind), '_', '-') || '-' || trouble;
end $$;
comment on function identifier.fault(text, text) is
    'Null when the normal form is valid, else the fault as the contract names it. A commune: its form only.';

call engine.set_revision('identifier');
commit;
