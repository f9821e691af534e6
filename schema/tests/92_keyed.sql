-- Keyed hashes and sealed texts. The connection of the tests brings a key (schema/tests/run).
\ir fixture.inc
select plan(23);

create function pg_temp.key(secret text) returns void language sql as
$$ select set_config('keyed.secret', secret, true) $$;
create temporary table kept as
    select keyed.hash('pass_number', '999991234567') as hash, keyed.seal('person_name', 'Éloïse Prénom-Nom') as sealed,
        current_setting('keyed.secret') as secret;
grant select on kept to maillage_app, maillage_owner;

select is(length(hash), 32, 'a hash has 32 bytes') from kept;
select is(keyed.hash('pass_number', '999991234567'), hash, 'the same value gives the same hash') from kept;
select isnt(keyed.hash('pass_number', '999991234568'), hash, 'another value another one') from kept;
select isnt(keyed.hash('person_name', '999991234567'), hash, 'another purpose too') from kept;
select is(hash, hmac('999991234567'::bytea, hmac('pass_number'::bytea, decode(secret, 'hex'), 'sha256'), 'sha256'),
    'as computed anew: HMAC-SHA-256 under the key of the purpose') from kept;
select is(keyed.hash('pass_number', null), null, 'null stays null');
select is(keyed.open('person_name', sealed), 'Éloïse Prénom-Nom', 'what was sealed can be opened') from kept;
select isnt(keyed.seal('person_name', 'Éloïse Prénom-Nom'), sealed, 'sealed twice, two texts') from kept;
select is(keyed.open('x', keyed.seal('x', '')), '', 'an empty text');
select is(keyed.open('x', keyed.seal('x', repeat('é', 10000))), repeat('é', 10000), 'a long text');
select throws_ok('select keyed.open(''other'', sealed) from kept', '39000', null, 'not for another purpose');
select throws_ok('select keyed.open(''person_name'', set_byte(sealed, length(sealed) - 3, get_byte(sealed, length(sealed) - 3) # 1)) from kept',
    '39000', null, 'one changed bit is found');
select is(position('Prénom'::bytea in sealed), 0, 'nothing of it is readable') from kept;

select pg_temp.key('') \g /dev/null
select is(tap.refusal('select keyed.hash(''p'', ''v'')'), 'secret_key_missing', 'no hash without a key');
select is(tap.refusal('select keyed.seal(''p'', ''v'')'), 'secret_key_missing', 'nothing sealed');
select is(tap.refusal('select keyed.open(''p'', sealed) from kept'), 'secret_key_missing', 'nothing opened');
select pg_temp.key('abc') \g /dev/null
select is(tap.refusal('select keyed.hash(''p'', ''v'')'), 'secret_key_form', 'a key has 64 digits');
select pg_temp.key(repeat('ab', 32)) \g /dev/null
select is(tap.refusal('select keyed.adopt()'), 'secret_key_other', 'a database belongs to one key');
select is(tap.refusal('select keyed.seal(''p'', ''v'')'), 'secret_key_other', 'and seals nothing with another');
select pg_temp.key(secret) from kept \g /dev/null
select is(tap.attempt('STRUCTURE', 'select keyed.open(''person_name'', sealed) from kept'), 'Éloïse Prénom-Nom', 'the daemon opens');
select is(tap.attempt('STRUCTURE', 'select keyed.derive(''p'')'), '42501', 'but gets no key of a purpose');
select is(tap.attempt('STRUCTURE', 'select * from keyed.mark'), '42501', 'nor the mark');
select is(tap.refusal($$insert into keyed.mark (one, mark) values (false, '\x00')$$) ~ '^mark_', true, 'one mark');
select * from finish();
rollback;
