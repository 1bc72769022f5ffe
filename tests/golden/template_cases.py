"""Chats, templates and expressions for record_templates.py."""

TOOL = {"type": "function", "function": {"name": "get_weather", "description": "The weather \"now\" in a tówn",
        "parameters": {"type": "object", "properties": {"town": {"type": "string", "enum": ["a", "b"]}, "days": {"type": "integer"}}, "required": ["town"]}}}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "id": "call00001", "function": {"name": "get_weather", "arguments": {"town": "a", "days": 2}}}]}


def say(*turns):
    return [{"role": role, "content": content} for role, content in turns]


CHATS = {
    "one": {"messages": say(("user", "Hello"))},
    "system": {"messages": say(("system", "Be brief.\n"), ("user", " Hi \n there ")), "date_string": "1 May"},
    "turns": {"messages": say(("user", "1+1?"), ("assistant", "2"), ("user", "and é\U0001F600?"), ("assistant", " 3 "), ("user", "ok"))},
    "broken": {"messages": say(("user", "a"), ("user", "b"))},
    "empty": {"messages": []},
    "thinking": {"messages": say(("user", "x"), ("assistant", "<think>\nhm\n</think>\n\nyes"), ("user", "y")), "enable_thinking": False},
    "tools": {"messages": say(("system", "S"), ("user", "Weather?")) + [CALL, {"role": "tool", "name": "get_weather", "tool_call_id": "call00001", "content": "{\"rain\": true}"}] + say(("assistant", "Rain.")), "tools": [TOOL]},
    "parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image"}, {"type": "text", "text": "this"}]}]},
}

TEMPLATES = {
    # Every turn between two marks.
    "marks": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    # Instructions in brackets; roles must alternate.
    "brackets": """{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content'] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Roles must alternate user/assistant') }}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {%- if loop.first and system_message is defined %}
            {{- ' [INST] ' + system_message + '\\n\\n' + message['content'] + ' [/INST]' }}
        {%- else %}
            {{- ' [INST] ' + message['content'] + ' [/INST]' }}
        {%- endif %}
    {%- elif message['role'] == 'assistant' %}
        {{- ' ' + message['content'] + eos_token}}
    {%- else %}
        {{- raise_exception('Only user and assistant roles are supported') }}
    {%- endif %}
{%- endfor %}
""",
    # Headers, a date, and tools described in JSON.
    "headers": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{#- The system's words come first, if there are any. #}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("This model only supports single tool-calls at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    # The role's name is another one, and parts of a content are looked at.
    "turns": """{{ bos_token }}
{%- if messages and messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\n\n' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\n'}}
{%- endif -%}
""",
    # A namespace that remembers, a loop from the end, thoughts cut out of what was said.
    "thoughts": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\\n\\n' }}
    {%- endif %}
    {{- "# Tools\\n\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}
                    {{- '\\n' }}
                {%- endif %}
                {%- if tool_call.function %}
                    {%- set tool_call = tool_call.function %}
                {%- endif %}
                {{- '<tool_call>\\n{"name": "' }}
                {{- tool_call.name }}
                {{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}
                    {{- tool_call.arguments }}
                {%- else %}
                    {{- tool_call.arguments | tojson }}
                {%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
""",
    # One line a role, with blocks on lines of their own.
    "lines": """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}
""",
    # Macros, selectattr, groups of tools by their JSON types.
    "macros": """{%- macro show(message, mark='#') -%}
    {{ mark }} {{ message.role | upper }}: {{ message.content if message.content is string else message.content | tojson }}
{% endmacro -%}
{%- macro types(schema) %}
{%- if schema.enum is defined %}{{ schema.enum | map('tojson') | join(' | ') }}{% elif schema.type == 'object' %}{
{%- for key, value in schema.properties.items() %}{{ key }}{{ '?' if key not in schema.required }}: {{ types(value) }}{{ ', ' if not loop.last }}{% endfor -%}
}{% else %}{{ schema.type }}{% endif %}
{%- endmacro %}
{%- set system = messages | selectattr('role', 'equalto', 'system') | list %}
{%- if system %}{{ show(system | first, mark='##') }}{% endif %}
{%- for tool in tools or [] %}
type {{ tool.function.name }} = {{ types(tool.function.parameters) }};
{%- endfor %}
{% for message in messages | rejectattr('role', 'equalto', 'system') %}
{{- show(message) }}
{%- else %}
nothing
{%- endfor %}
{{- '>' if add_generation_prompt -}}
""",
    # Control of loops, blocks that capture, call and filter blocks.
    "blocks": """{% set header %}
  [{{ messages | length }}]
{% endset %}
{{ header | trim }}
{%- for message in messages if message.role != 'system' %}
{%- if message.role == 'tool' %}{% continue %}{% endif %}
{%- if loop.index > 3 %}{% break %}{% endif %}
{% filter upper %}{{ message.role }}{% endfilter %}:{% generation %}{{ message.content }}{% endgeneration %}
{{ loop.revindex }}{{ loop.cycle('a', 'b') }}{{ loop.previtem.role if loop.previtem is defined }}
{%- endfor %}
{% macro box(title) %}<{{ title }}>{{ caller() }}</{{ title }}>{% endmacro %}
{% call box('end') %}{{ add_generation_prompt }}{% endcall %}
{% with a = 1, b = messages | length %}{{ a + b }}{% endwith %}
{% raw %}{{ not this }}{% endraw %}
""",
    # Tool calls as lists, JSON with separators, unpacked pairs.
    "pairs": """{{ bos_token }}{% set ns = namespace(is_first=true, system='', n=0) %}
{%- for message in messages %}
  {%- set ns.n = ns.n + 1 -%}
  {%- if message['role'] == 'system' %}{% set ns.system = ns.system + ('\\n\\n' if not ns.is_first else '') + message['content'] %}{% set ns.is_first = false %}{% endif %}
{%- endfor %}{{ ns.system }}|{{ ns.n }}
{%- for message in messages %}
{%- if message.tool_calls is defined and message.tool_calls is not none %}
{%- for call in message['tool_calls'] %}
[{{ call['id'] }}:{{ call['function']['name'] }}({% for k, v in call['function']['arguments'].items() %}{{ k }}={{ v | tojson }}{% if not loop.last %}, {% endif %}{% endfor %})]
{%- endfor %}
{%- elif message.content is string %}
{{ message['role'] ~ ': ' ~ message['content'].strip() }}
{%- endif %}
{%- endfor %}
{{ (tools or [])|tojson(separators=(',', ':')) }}{{ {'b': 1, 'a': [1.0, true, none]}|tojson(sort_keys=true) }}
""",
    # Contents of any kind by their types, with defaults.
    "defaults": """{%- set loop_messages = messages -%}
{%- for message in loop_messages -%}
{%- set content = '<|' + message['role'] + '|>\n\n' + (message['content'] | default('', true) if message['content'] is string else (message['content'] or []) | map(attribute='text', default='?') | join('+')) | trim + '<|end|>' -%}
{%- if loop.index0 == 0 -%}{%- set content = bos_token + content -%}{%- endif -%}
{{- content -}}
{%- endfor -%}
{{- name | default('nobody') -}}
{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}
""",
    # Indices, slices, a test with its argument, inline conditions in sums.
    "slices": """{% set last = messages[-1] if messages else none %}{{ last.role if last else 'none' }}
{% for m in messages[:2] + messages[-1:] %}{{ loop.index is divisibleby 2 }}{{ m.role[0] }}{{ m.role[-3:] }}{{ ' ' ~ loop.length }}{% if not loop.last %}, {% endif %}{% endfor %}
{{ messages | map(attribute='role') | unique | sort | join('/') }}
{{ (messages | map(attribute='role') | list).count('user') }} {{ 'user' in messages | map(attribute='role') }}
{{ messages | length > 2 and 'many' or 'few' }}
""",
    "recursion": """{%- set tree = [{'n': 1, 'c': [{'n': 2, 'c': []}, {'n': 3, 'c': [{'n': 4, 'c': []}]}]}] -%}
{% for node in tree recursive %}({{ node.n }}@{{ loop.depth }}{{ loop(node.c) }}){% endfor %}{{ messages|length }}
""",
}

EXPRESSIONS = [
    "1 + 2 * 3 - 4 / 2", "7 // 2", "-7 // 2", "-7 % 3", "7 % -3", "7.5 // 2", "-7.5 % 2", "2 ** 10", "2 ** -1", "2 ** 0.5", "1 / 3", "1e16", "1e-5", "123456789.0", "0.1 + 0.2",
    "1.0", "100000000000000000000.0", "1_000", "-n", "+n", "- n | abs", "(-3) | abs", "not t", "not e", "t and n", "e or s", "e and s", "none", "None", "true", "[1, 'a', none, 2.0]", "('a',)", "()", "(1, 2)",
    "{'a': 1, 'b': [2]}", "{'a': 1}.a", "{'items': 1}['items']", "{1: 'x'}[1]", "'a' 'b'", "'a' ~ 1 ~ none ~ true ~ 1.5", "'a' + 1", "1 + 'a'", "'ab' * 3", "[1] * 2", "3 * 'x'", "[1] + [2]", "[1] + (2,)", "'%s-%d' % ('a', 3)", "'%.2f' % x",
    "1 < 2 < 3", "1 < 3 < 2", "1 == 1.0", "true == 1", "'a' < 'b'", "[1, 2] < [1, 3]", "1 < 'a'", "none < 1", "'ell' in s", "2 in l", "'b' in d", "9 not in l", "1 in s", "'x' in undefined_name", "undefined_name", "undefined_name.x", "undefined_name is defined", "undefined_name + 1", "undefined_name == undefined_other", "undefined_name or 'z'", "undefined_name | length", "undefined_name | list",
    "s[0]", "s[-1]", "s[99]", "s[1:4]", "s[::-1]", "s[:-2]", "l[::2]", "l[5:]", "l[-2:]", "l[0:3:2]", "s[7:8]", "d.b", "d['a'][0]", "d.zz", "d.zz.y", "d['zz'] is defined", "m[0].role", "m[-1]['n']", "l[1.0]", "m.0.role", "d.items() | list", "d.keys() | list", "d.values() | list", "d.get('b')", "d.get('q')", "d.get('q', 5)", "d.update({'x': 1})", "l.append(1)",
    "s.upper()", "s.lower()", "s.title()", "s.capitalize()", "'  a b '.strip() + '|'", "'xxaxx'.strip('x')", "'xxaxx'.lstrip('x')", "'xxaxx'.rstrip('x')", "'a,b,,c'.split(',')", "' a  b '.split()", "'a,b,c'.split(',', 1)", "'a,b,c'.rsplit(',', 1)", "'a b c'.rsplit(none, 1)", "'a\\nb\\r\\nc'.splitlines()", "s.startswith('He')", "s.endswith(('x', 'ld'))", "s.replace('l', 'L')", "s.replace('l', 'L', 1)", "'ab'.replace('', '-')", "s.find('w')", "s.find('q')", "s.rfind('l')", "s.count('l')", "'-'.join(['a', 'b'])", "'12'.isdigit()", "'1a'.isdigit()", "'ab'.isalpha()", "' '.isspace()", "'Ab'.isupper()", "'a-b'.partition('-')", "'pre-x'.removeprefix('pre-')", "'x.y'.removesuffix('.y')", "'7'.zfill(3)", "s.nothing()", "s.nothing", "l.index(2)", "l.count(3)",
    "s | length", "l | length", "d | length", "n | length", "s | upper", "s | title", "'aB cD' | capitalize", "l | sort", "l | sort(reverse=true)", "['b', 'A', 'c'] | sort", "['b', 'A', 'c'] | sort(case_sensitive=true)", "m | sort(attribute='n') | map(attribute='role') | list", "l | sum", "m | sum(attribute='n')", "l | max", "l | min", "[] | max", "l | first", "l | last", "[] | first", "s | first", "l | reverse | list", "s | reverse", "l | join(', ')", "l | join", "m | join('+', attribute='role')", "['a', 'a', 'B', 'b'] | unique | list", "l | map('string') | list", "['a', 'b'] | map('upper') | join", "['aa', 'ba'] | map('replace', 'a', 'x') | list", "l | select('odd') | list", "l | reject('gt', 1) | list", "[0, 1, '', 'a'] | select | list", "m | selectattr('role', 'equalto', 'user') | list", "m | selectattr('n', '>', 1) | map(attribute='n') | list", "m | rejectattr('zz') | list | length", "m | selectattr('zz', 'defined') | list", "l | batch(2) | list", "l | batch(2, 0) | list", "d | dictsort", "d | items | list", "{'b': 1, 'a': 2} | dictsort(by='value')", "s | list", "l | list",
    "e | default('x')", "e | default('x', true)", "undefined_name | default('x')", "none | default('x')", "undefined_name | d", "'3' | int", "'x' | int", "'x' | int(5)", "'3.7' | int", "3.9 | int", "'2.5' | float", "'q' | float(1.5)", "2.567 | round(2)", "2.5 | round", "3.5 | round", "2.1 | round(method='ceil')", "2 | round", "x | string", "true | string", "none | string", "' a ' | trim", "'xax' | trim('x')", "'a\\nb\\n\\nc' | indent", "'a\\nb' | indent(2, true)", "'a\\nb' | indent(width='> ')", "'a long text here' | truncate(9, true, '..', 0)", "'a long text here' | truncate(9, leeway=0)", "'a b c' | wordcount", "'a b/ü?' | urlencode", "'ab' | center(6) ~ '|'", "'%s=%s' | format('a', 1)", "s | safe", "s | nothing_such", "s is nothing_such", "d | attr('x') is defined",
    "d | tojson", "s | tojson", "'\\u00e9\"\\\\\\n\\t</x>' | tojson", "'\\u00e9\\U0001F600' | tojson(ensure_ascii=true)", "[1.0, 1e100, 1e-7, -0.0] | tojson", "[] | tojson(indent=2)", "d | tojson(indent=2)", "{'b': {}, 'a': {'c': []}} | tojson(indent=1, sort_keys=true)", "{1: 2, none: 3} | tojson", "undefined_name | tojson", "d | tojson(separators=(',', ':'))",
    "n is odd", "n is even", "n is divisibleby(7)", "n is number", "t is number", "t is boolean", "n is integer", "t is integer", "x is float", "s is string", "d is mapping", "l is sequence", "s is iterable", "n is iterable", "d is sequence", "s is none", "none is none", "n is not none", "n is eq 7", "n is ne(7)", "n is gt 3", "n is lessthan 3", "2 is in l", "'abc' is lower", "'ABC' is upper", "t is true", "1 is true", "none is sameas none", "range is callable", "not n is odd", "n is not odd and t",
    "range(3) | list", "range(1, 4) | list", "range(5, 0, -2) | list", "range(0) | list", "range(0, 3, 0) | list", "range(1000000)", "dict(a=1, b='x')", "dict({'q': 2}, a=1)", "namespace(a=3).a", "strftime_now('%Y-%m-%d %H:%M:%S')", "raise_exception('no')", "s if t", "s if e", "s if e else n", "(s if e) is defined", "'a' if t else 'b' if e else 'c'", "[s, n][t]", "{'x': 1}.x + l[0]", "l | length + 1", "not l | length == 2", "n == 7 and not e", "'a' in 'abc' == true", "1 if 2 if 3 else 0 else 4", "s.split()[0][1:].upper() ~ '!'", "((1))", "[[1, 2], [3]]", "'it\\'s'", "\"q\\\"q\"", "'\\x41\\u0042'", "['it\\'s', \"q\\\"\", 'both\\'\"']", "1 +", "(1", "s |", "s is", "{1, 2}", "l[", "'open", "1 ? 2", "a = 1", "lambda: 1", "s..x", "*l",
]

WHITESPACE = [
    "a\n{% if t %}\nb\n{% endif %}\nc\n", "a\n  {% if t %}  \n  b\n  {% endif %}\nc", "  {%- if t -%}  b  {%- endif -%}  c  ", "a {%+ if t %} b{% endif %}\n\nc", "a\n  {%+ if t %}b{% endif +%}\nc",
    "{{ s }}\n{{ n }}\n", "{{- s -}}\n {{- n -}} ", "a {# c #}\nb {#- c -#} \n d", "  {# c #}\nx", "a\n{# c #}\nb", "{% raw %} {{ x }} {% endraw %}\n y", "x {%- raw -%} {{ a }} {%- endraw -%} y", "{% for i in l %}{{ i }}\n{% endfor %}\nz", "{% for i in l %}\n  {{ i }}\n{% endfor %}", "\n\n{{ n }}\n\n", "{% set a = 1 %}\n{{ a }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = 1 %}", "{% set ns.x = 1 %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for a in l %}{% set q = a %}{% endfor %}{{ q is defined }}", "{% set q = 0 %}{% for a in l %}{% set q = q + a %}{{ q }}{% endfor %}{{ q }}", "{% if e %}x{% elif n %}y{% else %}z{% endif %}", "{% for i in [] %}x{% else %}none{% endfor %}", "{% for i in l if i > 1 %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}", "{% for i in l %}{{ loop.first }}{{ loop.last }}{{ loop.index0 }}{{ loop.revindex0 }} {% endfor %}", "{% for i in l %}{{ loop.nextitem | default('-') }}{% endfor %}", "{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}",
    "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(a=4, b=5) }} {{ f() }}", "{% macro f() %}x{% endmacro %}{{ f(1) }}", "{% macro f(a) %}{% if a > 0 %}{{ a }}{{ f(a - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "{% macro f() %}{{ g }}{% endmacro %}{% set g = 5 %}{{ f() }}", "{% macro f() %}{{ caller(2) }}{% endmacro %}{% call(x) f() %}{{ x }}{{ n }}{% endcall %}", "{% with n = 3 %}{{ n }}{% endwith %}{{ n }}", "{% filter upper | replace('A', 'b') %}xa{% endfilter %}", "{% set q | upper %}abc{% endset %}{{ q }}", "{% set ns = namespace(c=0) %}{% for i in l %}{% set ns.c = ns.c + i %}{% endfor %}{{ ns.c }}",
    "{% if %}", "{% endif %}", "{% if t %}", "{% for %}", "{% unknown %}", "{% include 'x' %}", "{{", "{%", "{# open", "{% if t %}{% endfor %}", "{% break %}", "{ { } } {a} %} }}", "{% generation %}{{ n }}{% endgeneration %}", "a{{ '}}' }}b{{ '%}' }}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{%if t%}x{%endif%}", "{{n}}{{-n}}", "{{ - n }}", "\u00e9{{ '\u00e9' }}\U0001F600", "{% for x in s %}{{ x }}.{% endfor %}", "{% for x in n %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for a, b in [[1, 2], [3, 4]] %}{{ a }}{{ b }}{% endfor %}", "{% for c in l %}{% for c in s[:2] %}{{ c }}{{ loop.index }}{% endfor %}{{ c }}{{ loop.index }}{% endfor %}",
]
