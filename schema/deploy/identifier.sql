-- French identifiers (domain page, 2.5): the same rules as api/base/identifier.c, proven by the same cases
-- (tests/cases/identifiers.tsv). Constraints use is_…, which ask for the normal form.
begin;

create schema identifier;
comment on schema identifier is 'Rules of French identifiers: form, check digits, normal form, what follows from them.';

create function identifier.luhn(digits text) returns boolean
    language sql immutable strict parallel safe
    as $$
    select sum(case when place % 2 = 1 then d else 2 * d - 9 * (d > 4)::integer end) % 10 = 0
    from (select place, substr(digits, length(digits) + 1 - place, 1)::integer as d
          from generate_series(1, length(digits)) place) p
    $$;
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
    language sql immutable strict parallel safe
    as $$
    select case kind
        when 'SIREN' then case
            when normal !~ '^[0-9]{9}$' then 'siren-form'
            when normal = '000000000' then 'siren-null'
            when not identifier.luhn(normal) then 'siren-checksum' end
        when 'SIRET' then case
            when normal !~ '^[0-9]{14}$' then 'siret-form'
            when normal ~ '^0{9}' then 'siret-null'
            when identifier.siret_rule(normal) is null then 'siret-checksum' end
        when 'RNA' then case when normal !~ '^W[0-9][A-Z0-9][0-9]{7}$' then 'rna-form' end
        when 'VAT' then case
            when normal !~ '^FR[0-9]{11}$' then 'vat-form'
            when right(normal, 9) = '000000000' or not identifier.luhn(right(normal, 9))
                or normal <> identifier.vat_of(right(normal, 9)) then 'vat-checksum' end
        when 'NDA' then case when normal !~ '^[0-9]{2}([0-9]{2}|2[AB])[0-9]{7}$' then 'nda-form' end
        when 'IDCC' then case when normal !~ '^[0-9]{4}$' then 'idcc-form' end
        when 'NAF' then case when normal !~ '^[0-9]{4}[A-Z]$' then 'naf-form' end
        when 'LEGAL_CATEGORY' then case when normal !~ '^[0-9]{4}$' then 'legal-category-form' end
        when 'COMMUNE' then case
            when normal !~ '^((0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}|97[1-6][0-9]{2})$'
            then 'commune-form' end
        when 'PASS_NUMBER' then case when normal !~ '^[A-Z0-9]{12}$' then 'pass-number-form' end
        else 'kind-unknown'
    end
    $$;
comment on function identifier.fault(text, text) is
    'Null when the normal form is valid, else the fault as the contract names it. A commune: its form only.';

create function identifier.is_siren(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('SIREN', value) is null $$;
comment on function identifier.is_siren(text) is '9 digits, Luhn, not all zero.';
create function identifier.is_siret(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('SIRET', value) is null $$;
comment on function identifier.is_siret(text) is '14 digits, Luhn twice, or the rule of La Poste.';
create function identifier.is_rna(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('RNA', value) is null $$;
comment on function identifier.is_rna(text) is 'W, three characters of the prefecture (letters overseas), seven digits.';
create function identifier.is_nda(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('NDA', value) is null $$;
comment on function identifier.is_nda(text) is '11 characters: region, department (2A, 2B in Corse), number of order.';
create function identifier.is_idcc(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('IDCC', value) is null $$;
comment on function identifier.is_idcc(text) is '4 digits, zeros kept.';
create function identifier.is_naf(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('NAF', value) is null $$;
comment on function identifier.is_naf(text) is '4 digits and a letter.';
create function identifier.is_legal_category(value text) returns boolean
    language sql immutable strict parallel safe as $$ select identifier.fault('LEGAL_CATEGORY', value) is null $$;
comment on function identifier.is_legal_category(text) is '4 digits (INSEE, level III).';

call engine.set_revision('identifier');
commit;
