select 1 / (identifier.siret_rule('35600000009075') = 'LAPOSTE_MOD5')::integer;
select 1 / (identifier.vat_of('732829320') = 'FR44732829320')::integer;
