-- Roles, database and extensions: run once by the superuser of the cluster, again without harm, before sqitch runs
-- as maillage_owner.   psql -d postgres -v database=maillage -f deploy/bootstrap.sql
--
--   maillage_owner   owns everything and runs the migrations; no superuser, member of nothing
--   maillage_app     the daemon: no DDL, no TRUNCATE, row-level security always applies to it
\set ON_ERROR_STOP on
\if :{?database}
\else
  \set database maillage
\endif

select format('create role %I', name)
from unnest(array['maillage_owner', 'maillage_app']) name
where not exists (select from pg_roles where rolname = name)
\gexec
alter role maillage_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit;
alter role maillage_app login nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit;

select format('create database %I owner maillage_owner encoding ''UTF8'' template template0', :'database')
where not exists (select from pg_database where datname = :'database')
\gexec
alter database :"database" owner to maillage_owner;
revoke all on database :"database" from public;
grant connect, temporary on database :"database" to maillage_owner;
grant connect on database :"database" to maillage_app;

-- Names are always written with their schema; nothing is found by accident.
alter role maillage_app in database :"database" set search_path = pg_catalog;
alter role maillage_owner in database :"database" set search_path = pg_catalog, public;
alter role maillage_app in database :"database" set timezone = 'UTC';
alter role maillage_owner in database :"database" set timezone = 'UTC';
alter role maillage_app in database :"database" set datestyle = 'ISO';
alter role maillage_app in database :"database" set intervalstyle = 'iso_8601';
alter role maillage_app in database :"database" set lock_timeout = '2s';
alter role maillage_app in database :"database" set idle_in_transaction_session_timeout = '10s';
-- Statements are short and prepared: compiling them costs more than it saves.
alter role maillage_app in database :"database" set jit = off;

\connect :"database"
revoke all on schema public from public;
grant usage on schema public to maillage_owner, maillage_app;

-- In pg_catalog's company so that operators are found with the search path above.
create extension if not exists btree_gist schema public;
create extension if not exists unaccent schema public;
create extension if not exists pgcrypto schema public;

-- Row-level security lets only leakproof operators reach an index before the policy. Matching a tsvector against a
-- tsquery raises no error that depends on the data, so it may.
alter function pg_catalog.ts_match_vq(tsvector, tsquery) leakproof;
