/* A small contract that uses each convention once, and a way to change one place of it. */
#ifndef MAILLAGE_CONTRACT_SAMPLE_H
#define MAILLAGE_CONTRACT_SAMPLE_H

#include <unistd.h>

#include "contract.h"
#include "tap.h"

static const char sample_text[] =
    "{'openapi':'3.1.0','info':{'title':'Essai','version':'1.2.3'},"
    "'security':[{'key':['things:read']}],"
    "'paths':{"
    " '/v1/things':{"
    "  'parameters':[{'name':'X-Request-Id','in':'header','schema':{'type':'string'}}],"
    "  'get':{'operationId':'listThings','tags':['things'],'summary':'Lister',"
    "   'x-default-sort':'-updated_at,name','x-varies-by-day':true,'parameters':["
    "    {'$ref':'#/components/parameters/Limit'},"
    "    {'name':'cursor','in':'query','schema':{'type':'string','minLength':1}},"
    "    {'name':'fields','in':'query','explode':false,'schema':{'type':'array','maxItems':4,"
    "     'uniqueItems':true,'items':{'type':'string'}}},"
    "    {'name':'sort','in':'query','style':'form','explode':false,'schema':{'type':'array',"
    "     "
    "'maxItems':3,'items':{'type':'string','enum':['name','-name','updated_at','-updated_at']}}},"
    "    {'name':'kind','in':'query','explode':false,'schema':{'type':'array','maxItems':2,"
    "     'items':{'$ref':'#/components/schemas/Kind'}}},"
    "    {'name':'joined_on[gte]','in':'query','schema':{'type':'string','format':'date'},"
    "     'x-readers':['NATIONAL','DELEGATION']},"
    "    {'name':'open','in':'query','schema':{'type':'boolean','default':true}},"
    "    {'name':'siret','in':'query','schema':{'type':'string','format':'siret'}}],"
    "   'responses':{'200':{'description':'Page','content':{"
    "     'application/json':{'schema':{'type':'object','required':['data','page'],'properties':{"
    "       'data':{'type':'array','items':{'$ref':'#/components/schemas/Thing'}},"
    "       'page':{'type':'object','properties':{'limit':{'type':'integer'}}}}}},"
    "     'text/csv':{'schema':{'type':'string'}},'application/x-ndjson':{}}},"
    "    '400':{'$ref':'#/components/responses/Problem'}}},"
    "  'post':{'operationId':'createThing','x-location':'/v1/things/{id}','x-body-max':1000,"
    "   'security':[{'key':['things:write']}],"
    "   'requestBody':{'required':true,'content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/ThingCreate'}}}},"
    "   'responses':{'201':{'description':'Créée','content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/Thing'}}}}}}},"
    " '/v1/things/{id}':{"
    "  'parameters':[{'name':'id','in':'path','required':true,'schema':{'type':'string',"
    "    'format':'uuid'}}],"
    "  'get':{'operationId':'getThing','security':[],'x-max-age':60,'deprecated':true,"
    "   'responses':{'200':{'description':'Fiche','content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/Thing'}}}}}},"
    "  'patch':{'operationId':'updateThing','x-reader':'getThing','security':[{'key':[]}],"
    "   'requestBody':{'content':{'application/merge-patch+json':{'schema':"
    "     {'$ref':'#/components/schemas/ThingCreate'}},'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/ThingCreate'}}}},"
    "   'responses':{'404':{'$ref':'#/components/responses/Problem'},"
    "     '200':{'description':'Fiche','content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/Thing'}}}}}},"
    "  'delete':{'operationId':'deleteThing','responses':{'204':{'description':'Supprimée'}}}},"
    " '/v1/things/{id}/close':{'post':{'operationId':'closeThing','x-if-match':true,"
    "   'parameters':[{'name':'id','in':'path','required':true,'schema':{'type':'string'}}],"
    "   'responses':{'200':{'description':'Fiche','content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/Thing'}}}}}}},"
    " '/v1/things/by/{key_name}/{value}':{'get':{'operationId':'findThing','parameters':["
    "    {'name':'key_name','in':'path','required':true,'schema':{'type':'string'}},"
    "    {'name':'value','in':'path','required':true,'schema':{'type':'string'}}],"
    "   'responses':{'200':{'description':'Fiche','content':{'application/json':{'schema':"
    "     {'$ref':'#/components/schemas/Thing'}}}}}}},"
    " '/v1/calculations':{'post':{'operationId':'calculate','x-compute':true,'security':[],"
    "   'requestBody':{'required':true,'content':{'application/json':{'schema':{'type':'object',"
    "     'additionalProperties':false,'properties':{'value':{'type':'integer'}}}}}},"
    "   'responses':{'200':{'description':'Résultat','content':{'application/json':{'schema':"
    "     {'type':'object','properties':{'value':{'type':'integer'}}}}}}}}},"
    " '/v1/openapi.json':{'get':{'operationId':'getContract','x-special':true,'security':[],"
    "   'responses':{'200':{'description':'Contrat','content':{'application/json':{'schema':"
    "     {'type':'object'}}}}}}}},"
    "'components':{"
    " 'securitySchemes':{'key':{'type':'http','scheme':'bearer'}},"
    " 'parameters':{'Limit':{'name':'limit','in':'query','schema':{'type':'integer','minimum':1,"
    "   'maximum':500,'default':50}}},"
    " 'responses':{'Problem':{'description':'Problème','content':{'application/problem+json':"
    "   {'schema':{'type':'object'}}}}},"
    " 'schemas':{"
    "  'Kind':{'type':'string','title':'Type','enum':['AI','ACI','ETTI'],'oneOf':["
    "    {'const':'AI','title':'Association'},{'const':'ACI','title':'Chantier'},"
    "    {'const':'ETTI','title':'Intérim'}]},"
    "  'Common':{'type':'object','required':['id'],'properties':{"
    "    'id':{'type':'string','format':'uuid','readOnly':true},"
    "    'updated_at':{'type':'string','format':'date-time','readOnly':true}}},"
    "  'Thing':{'allOf':[{'$ref':'#/components/schemas/Common'},{'type':'object',"
    "    'required':['name'],'properties':{'name':{'type':'string','title':'Nom'},"
    "    'kind':{'$ref':'#/components/schemas/Kind'},'joined_on':{'type':['string','null'],"
    "    'format':'date'},'price':{'type':'number'},'count':{'type':'integer'},"
    "    'email':{'type':'string','format':'email','x-readers':['NATIONAL']},"
    "    'parts':{'type':'array','x-included':true,'items':{'type':'object'}}}}]},"
    "  'ThingCreate':{'type':'object','additionalProperties':false,'required':['name','kind'],"
    "   'properties':{'id':{'type':'string','readOnly':true},"
    "    'name':{'type':'string','minLength':2,'maxLength':5},"
    "    'kind':{'$ref':'#/components/schemas/Kind'},"
    "    'email':{'type':['string','null'],'format':'email'},"
    "    'joined_on':{'type':'string','format':'date'},"
    "    'count':{'type':'integer','minimum':1,'maximum':9},"
    "    'password':{'type':'string','maxLength':3,'writeOnly':true},"
    "    'tags':{'type':'array','minItems':1,'maxItems':3,'uniqueItems':true,"
    "      'items':{'type':'string','pattern':'^[a-z]+$'}},"
    "    'address':{'oneOf':[{'$ref':'#/components/schemas/Address'},{'type':'null'}]},"
    "    'extra':{'type':'object'}}},"
    "  'Address':{'type':'object','additionalProperties':false,'required':['city'],"
    "   'properties':{'city':{'type':'string'},'a/b~c':{'type':'integer'}}}}}}";

static char sample_reason[512];

/* Quotes are single ones above, so that the text can be read. */
static inline json_t *sample_json(const char *text) {
    char *copy = strdup(text);
    MUST(copy != NULL);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_error_t error;
    json_t *json = json_loads(copy, JSON_DECODE_ANY, &error);
    if (!json)
        printf("# %s at %d\n", error.text, error.position);
    free(copy);
    MUST(json != NULL);
    return json;
}

static inline struct contract *sample_load_json(const json_t *document) {
    char path[] = "/tmp/contract-XXXXXX";
    int file = mkstemp(path);
    MUST(file >= 0);
    MUST(json_dumpfd(document, file, 0) == 0);
    (void)close(file);
    sample_reason[0] = '\0';
    struct contract *contract = contract_load(path, sample_reason, sizeof sample_reason);
    (void)unlink(path);
    return contract;
}

static inline struct contract *sample_load(void) {
    json_t *document = sample_json(sample_text);
    struct contract *contract = sample_load_json(document);
    json_decref(document);
    if (!contract)
        printf("# %s\n", sample_reason);
    MUST(contract != NULL);
    return contract;
}

/* Steps of `place` are separated by ">" and must exist but for the last; NULL as `value` takes it
 * away. */
static inline struct contract *sample_load_changed(const char *place, const char *value) {
    json_t *document = sample_json(sample_text), *at = document;
    struct slice rest = slice_of(place), step;
    char name[128];
    while (slice_cut(rest, '>', &step, &rest)) {
        (void)snprintf(name, sizeof name, "%.*s", (int)step.size, step.at);
        at = json_is_array(at) ? json_array_get(at, (size_t)strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        if (!at)
            printf("# no step %s\n", name);
        MUST(at != NULL);
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)step.size, step.at);
    if (value)
        MUST(json_object_set_new(at, name, sample_json(value)) == 0);
    else
        MUST(json_object_del(at, name) == 0);
    struct contract *contract = sample_load_json(document);
    json_decref(document);
    return contract;
}

#endif
