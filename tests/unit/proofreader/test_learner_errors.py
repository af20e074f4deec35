import re

import pytest

from services.proofreader.finding import IMPROVEMENT
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.wording import word
from tests.unit.proofreader.clean_texts import ENGLISH as GOOD_ENGLISH
from tests.unit.proofreader.clean_texts import KOREAN as GOOD_KOREAN
from tests.unit.proofreader.test_language import reviewers

# `{wrong|right}`, one at a time; nothing after the bar where no correction is sure.
ENGLISH = """
She has {a orange|an orange}. It was {an university|a university} once.
She is {nurse|a nurse}. I live in {small house|a small house}. I flew to {the China|China} last year.
He has three {old book|old books}. One of {my friend|my friends} left. There was {a dogs|dogs} outside. Every {days|day} it rains.
She {walk|walks} home. They {was|were} late. I {has|have} a dog. My father {work|works} there.
My cousins {plays|play} chess. Nobody {know|knows} it. There {is|are} several books here.
She can {to dance|dance} well. He must {leaves|leave} soon. We didn't {saw|see} it. She has {wrote|written} it.
We {are agree|agree} with her. I {was sleep|slept} then. He wants to {bought|buy} it. They avoid {to speak|speaking} there.
Last week we {visit|visited} them. She {meets|met} him two days ago. Yesterday I got up and {make|made} some tea.
It is {more cheaper|cheaper}. Today is {more cold than|colder than} May. He is as old {than|as} me.
I wonder where {is he|he is}. I know what {did he say|he said}. Why {he is|is he} laughing? Where {you live|do you live}?
It is older {then|than} it was. We need {many water|much water}. He gave me two {advices|advice}. He {catched|caught} it.
They have been there {since|for} two years. He is {married with|married to} a nurse. We {was|were} {interested about|interested in} art. I want {buy|to buy} it.
He finished {to write|writing} it. She plays very {good|well}. It is {danger|dangerous} for us. We met on {monday|Monday}. My {fathers|father's} car is old.
The children in our street {plays|play} loud. My uncle and my aunt {lives|live} here. Each of the boys {have|has} a key. There {is|are} many old bridges.
She might {comes|come} later. They haven't {speak|spoken} yet. The letter was {wrote|written} by him. We are fond of {sing|singing}. They let me {to cry|cry}.
I met him when I was young, and we {play|played} there. I like {he|him}. She told {I|me} a secret. The pen is {my|mine}. The people {which|who} live there left.
{Is|It is} important to rest. {She tired|She is tired} and sad. I {don't never|never} smoke. He {drinks always|always drinks} tea. It is {the older|older} than mine. This is {importanter|more important}.
My answer is similar {with|to} yours. He is afraid {from|of} the dark. She {said|told} me a lie. {Because of|Because} I was ill, I slept. Although it rained, {but we|we} left.
He drank too {many|much} milk. {Pollutions|Pollution} kills. It is in {same|the same} house. She is {tall|taller} than me. They are from {korea|Korea}.
{However|However,} he was tired. I saw {picturs|pictures} of it.
Many {student|students} ride a bike. One of my {friend|friends} plays the drums. I have two {brother|brothers} and a sister.
Does your brother {likes|like} chess? Did your father {works|work} there?
I used to {played|play} football. This is {most boring|the most boring} film I have ever seen. I had {terrible|a terrible} headache. Could you close {door|the door}, please? {Moon|The moon} was so bright.
These shoes {costs|cost} too much. {This|These} biscuits are good. I {have seen|saw} him two days ago at the bakery. If it {will rain|rains} tomorrow, we will stay. The bus {leaved|left} early. He went out without {say|saying} goodbye.
My birthday is {in|on} the fourth of May. {In|On} Monday I swim. He has {few|little} money left. There is {many|much} milk in the fridge. She drives too {careful|carefully} for me. He {plays always|always plays} chess.
{Their|They're} going to paint it. It hurt {it's|its} paw on a nail. {Its|It's} very cold. {Its|It's} raining today. {Your|You're} the best. We lost {there|their} ball in the park. {They're|Their} house is big. {Who's|Whose} book is this?
Don't {loose|lose} my number. We had to {brake|break} the window. Let's take a {brake|break} at ten. It will {effect|affect} the harvest. Nobody knows {were|where} the key is. {Were|Where} is my book? We {where|were} very tired.
You must {where|wear} a uniform. I don't know {weather|whether} I can come. The {whether|weather} is nice. We went {passed|past} the church. I want to {by|buy} a bike. I don't {no|know} the answer. I want to {right|write} a letter.
She gave me good {advise|advice}. I can {advice|advise} you. I had fun in my {live|life}. He {felt|fell} off the bike. {Lot's|Lots} of people came. He stood {infront|in front} of me. They love {eachother|each other}. {May be|Maybe} he is ill.
I {can not to|can not} go. {Do you can|Can you} swim? I {am not|do not} know him. After {to eat|eating} we left. {What means this word|What does this word mean}? I {very|really} like it. He is as {taller|tall} as me. {The life|Life} is hard. {Despite of|Despite} it, we won.
He opened {door|the door} and left. Only a few {student|students} passed the exam. One of my {friend|friends} lives in Canada. Each of them {know|knows} the answer. The price of the tickets {are|is} too high.
The people who live in this city {is|are} friendly. I have a cousin who {live|lives} in Paris. People who {smokes|smoke} should stop. He told a story that {make|makes} me cry. She decided to {studies|study} law.
They tried to {fixed|fix} the car. She has worked there {for|since} 2015. She {works|has worked} here since January. The house {built|was built} in 1990. If I {would be|were} rich, I would travel. I don't have {no|any} money.
We can't find him {nowhere|anywhere}. It was the {worse|worst} day of my life. My English is {worst|worse} than yours. She is {good|better} than me at maths. He is {same|the same} age as me. I think {their|they're} very tired.
{Who's|Whose} coat is this? I know {whose|who's} coming tonight. It costs more {then|than} ten dollars. First we ate, {than|then} we left. Pollution {effects|affects} our health. The {affect|effect} of smoking is bad.
He always {looses|loses} his keys. The {principle|principal} of our school spoke to us. It is a matter of {principal|principle}. I can't {bare|bear} the noise. Please be {quite|quiet} in the library. I like it {to|too}.
She explained {me the rule|the rule to me}. I was born {in|on} 5 May. I have {few|little} time for hobbies. Can you tell me what time {is it|it is}? I think {is|it is} important to read. {She|She is} very tired today.
My {parents|parents are} very happy with me. I was tired{,| and} I went home. The film was boring{,| so} we left early. She is my best friend{,| and} I love her. Although he {studied hard.|...} Which was very {nice.|...}
It was late. {we|We} went home. I like tea. {my|My} brother likes coffee. We ate. {then|Then} we left. The {teachers|teacher's} book is on the table. I like {apple's|apples} and pears. The {student's|students} are happy.
We sell {ticket's|tickets} here. The food tastes {well|good}. He {told|said} that he was busy. She {makes|does} the dishes. I {use|used} to play football when I was young. It was {so|such} a good film.
We had {so|such} good weather. Thank you {too|very} much. My {foots|feet} hurt. {Me|I} and my friend went home. She gave it to my brother and {I|me}. I enjoyed {me|myself} at the party. This is the car {what|that} I bought.
I have a {ten years-old|ten-year-old} brother. She is a {five years old|five-year-old} girl. I have {others|other} problems. {Another|Other} people think so. The {others|other} students left. I have a {lot|lot of} friends.
She has {blues|blue} eyes. There are {differents|different} people. I like {importants|important} things. I {have|am} hungry. It {makes|is} cold today. He speaks {very well English|English very well}.
They went {for fishing|fishing}. I {born|was born} in Spain. It makes me {happily|happy}. She {is have|has} two cats. I {was went|went} to the park. We {were played|played} football. She {was came|came} late.
I {no|don't} like fish. My {mother|mother's} name is Lan. We know {their|they're} not coming. The girl {who's|whose} bike was stolen cried. There were more {then|than} fifty people. First we cooked, {than|then} we ate.
Smoking {effects|affects} your lungs. If we {loose|lose} this match, we are out. My brother always {looses|loses} things. The {principle|principal} told us to go home. I can't {bare|bear} to see it. She walked in {bear|bare} feet.
It was the {worse|worst} film of my life. The situation is getting {worst|worse}. He is the {taller|tallest} boy in the class. I have a sister who {work|works} in a bank. The people who {lives|live} next door are noisy.
It is a game that {make|makes} us laugh. These are the things that {makes|make} me happy. The colour of the walls {are|is} ugly. The results of the test {was|were} good. It was {so|such} a cold day. They are {so|such} nice people.
There are {others|other} reasons. She bought three {book's|books}. The {teacher's|teachers} are kind. My {brother|brother's} name is Jun. The {students|} desk is broken. It is a {ten minutes|ten-minute} walk.
He is a {six years old|six-year-old} boy. He {no|doesn't} speak English. I think {is|it is} better to wait. The children {very|are very} tired today. I {born|was born} in 1999. He explained {me|to me} how it works.
Can you describe {us the picture|the picture to us}? I {use|used} to live there. We went {for swimming|swimming} yesterday. She {told|said} that she was busy. He has lived here {for|since} 2018. He {works|has worked} here since March.
If I {would have|had} money, I would buy a car. I {was enjoyed|enjoyed} the party. They {were watched|watched} a film. He plays {very well guitar|guitar very well}. Tell me what time {is it|it is}. {Me|} and my sister went there.
He gave it to my sister and {I|me}. We ran. {then|Then} it rained. The weather was cold{,| so} we stayed home. She is late. {Although she left early.|Although she left early, she is late.}
He came late. {Which was annoying.|It was annoying.}
The results will {publish|be published} in May. My wallet {stole|was stolen} on the train. The bridge {built|was built} in 1932 by a famous engineer. The festival {holds|is held} in April. Tickets can {buy|be bought} at the station.
I was {surprise|surprised} by the news. My house is {locate|located} in a village. My dog is {call|called} Max. The song was {singing|sung} by my sister. He was {disappoint|disappointed} because we lost.
The movie was so {bored|boring} that he fell asleep. I found the book {interested|interesting}. It was an {excited|exciting} trip. I was so {boring|bored} during the speech. My sister is {interesting|interested} in history. It made me {confusing|confused}.
Although Tom {only|is only} twelve, he can drive. My sister {15|is 15} years old. I {from|am from} Korea. She {my|is my} best friend. This {very|is very} important. There {many|are many} people in my city. {That|That's} why I came.
People who {poor|are poor} need help. Where {you|are you} from? What {your|is your} name? My brother {is likes|likes} films. {Do you are|Are you} hungry? What {do|are} you doing? My mother {angry|is angry} with me.
I asked the man what {was he|he was} doing in our garden. I don't know where {does my father work|my father works}. What time {the film starts|does the film start} tonight? Why {the teacher is|is the teacher} angry? Not only {he lost|did he lose} his job, but he was ill. {Never I have|Never have I} seen it.
Why {you don't|don't you} like it? {How|What} is the weather like? I know {how|what} it looks like. Where did you put my {glasses.|glasses?} Which country do you {come|come from}? Who are you {talking|talking to}?
If I {have|had} a million dollars, I would buy a house. If he had studied more, he would {pass|have passed} the exam last June. If she {would have|had} asked me, I would have helped. I will call you when I {will arrive|arrive}. I wish I {can|could} fly.
While I {am|was} waiting for the bus, I saw a parrot. When I {am|was} young, I lived there. She {is|has been} sick since last Monday. We {are|have been} married for ten years now. I {know|have known} her since we were children. I would have come if I {knew|had known} it.
In winter {is|it is} very cold in my town. In my class {has|there are} 30 students. I like it because {is|it is} close to the beach. {Is|It is} raining. I find {difficult|it difficult} to speak.
This is the park {which|where} I played soccer. The day {which|when} I met her was cold. This is the book that I {bought it|bought} last week. A friend {who|whose} father works here came. There are many people {live|who live} in my town. I have a friend {his|whose} name is Carlos. My {city it|city} is very big.
The {pollute|pollution} of our rivers is bad. The {important|importance} of education is clear. She is the most {succeed|successful} singer of all. I {usual|usually} go by bus. {Sudden|Suddenly}, the lights went out. It was {extreme|extremely} cold in there. He works very {hardly|hard}. The soup smelled {deliciously|delicious}, but it was hot.
We {lost|missed} the train by two minutes. Two men {robbed|stole} three bicycles from us. They {talk|speak} English very well. He always {says|tells} the truth. I {see|watch} TV every evening. I {made|took} a shower and left. We {made|had} a party at home. He {did|made} a mistake in the test. Our class {won|beat} the other team. This song {remembers|reminds} me of you.
{Open|Turn on} the light, please. The sun {raises|rises} in the east. She {felt|fell} asleep on the sofa. I {fell|felt} happy because of it. Can I {lend|borrow} your pen? He won the first {price|prize} in the contest. It is half {passed|past} ten. {Almost|Most} people like music. I prefer tea {than|to} coffee. My bag is the same {like|as} yours.
He did it {by his own|on his own}. I don't like coffee {too|either}. {Lot of|A lot of} people came. There were {plenty|plenty of} people in the park. It was {a such|such a} nice day. {My all|All my} friends came. At {end|the end} of the story he dies. He travelled around {world|the world}. Tell me {truth|the truth}. She studies {the medicine|medicine} in Cairo. I learn {the English|English} at school. We had {the lunch|lunch} at home.
Please hand in the report {until|by} Friday. I got a letter {of|from} my friend. I came here {before two years|two years ago}. Everybody {looked me|looked at me} and laughed. It {happened me|happened to me} last week. He {helped me my homework|helped me with my homework}. I {searched my keys|searched for my keys} everywhere. We {sat the grass|sat on the grass} and talked. The film is {worth to see|worth seeing}. We have trouble {to find|finding} it. I was {busy to prepare|busy preparing} dinner. You {had better to|had better} go.
{Wake up me|Wake me up} at six. He is {enough old|old enough} to drive. I saw {yesterday a film|a film yesterday}. {Where do you from|Where are you from}? I looked {every where|everywhere}. {Infact|In fact}, I know. He lives in {a house big|a big house} with a garden.
My sister is sixteen, and {he|she} is tall. My aunt came with {his|her} husband.
The number of students at our school {have|has} grown. {Do|Does} your brother still work there? My little brother {don't|doesn't} eat fish. It was {first|the first} time that I saw it. My hobby is collecting {coin|coins}. I am afraid of {spider|spiders}. Yesterday afternoon we {visit|visited} a castle. He drew his sword and {runs|ran} towards the dragon. Every night I {listen music|listen to music}. I am looking forward {seeing|to seeing} you.
I {said|told} my mother that I was ill. This book is not {my|mine}; it is his. {Him|He} and his dog walked home. We really enjoyed {us|ourselves} at the party. {Its|It's} very hot in Hanoi. I {no have|don't have} any brothers. He {not wants|doesn't want} to come. They couldn't find {there|their} swimming costumes. It is cheaper {then|than} living in town. My {mothers|mother's} car broke down. My sister {very|is very} clever, and she gets good marks. Thank you for {invite|inviting} me.
My cousin is {lawyer|a lawyer} in a small firm. She bought {umbrella|an umbrella} because it was raining. It was {best|the best} meal I have ever had.
We stayed in {expensive hotel|an expensive hotel} near the beach. He was {second|the second} person to arrive.
In {middle|the middle} of the night I heard a noise. I go to {gym|the gym} three times a week. He has {dog|a dog} and two cats.
My brother is {youngest|the youngest} in our family. I love {the nature|nature} and fresh air. She goes to {the school|school} by bus.
My uncle plays {the football|football} every weekend. I have three {sister|sisters}. There were many {tourist|tourists} on the beach.
I need some {informations|information} about the course. He gave me good {advices|advice}. My parents {lives|live} in a village.
The students in my class {is|are} friendly. Everybody in my family {like|likes} fish. She {have|has} long hair. The news {are|is} bad today.
One of my teachers {come|comes} from Scotland. {Does|Do} your parents speak English? There {was|were} two policemen at the door.
My favourite subjects {is|are} history and art. The books on the shelf {belongs|belong} to my sister.
My father and my uncle {works|work} in the same factory. Last summer I {go|went} to Greece with my family.
When I was a child, I {live|lived} in a small village. I {have seen|saw} this film last week. She {didn't came|didn't come} to school yesterday.
I {am living|have been living} in this city since 2015. When I got home, my mother {is|was} cooking dinner.
I will call you when I {will arrive|arrive}. While we {are|were} eating, the phone rang. Two weeks ago we {buy|bought} a new car.
I {know|have known} her for ten years. We arrived {to|at} the station at noon. I am interested {on|in} music. She is afraid {from|of} spiders.
My birthday is {in|on} 12 May. I was born {at|in} 1999. He is married {with|to} a doctor. She has been waiting {since|for} two hours.
It depends {of|on} the weather. We {discussed about|discussed} the problem for an hour. I {entered into|entered} the room quietly.
We waited {|for} the bus in the rain. He explained {me the rules|the rules to me}. I went {|to} Paris last year. She asked {to me|me} a question.
He must {to go|go} now. I can {swimming|swim} very well. She doesn't {likes|like} coffee. I enjoy {to swim|swimming} in the sea.
He wants {going|to go} home. I am looking forward to {see|seeing} you. She made me {to laugh|laugh}. He is used to {get|getting} up early.
I decided {staying|to stay} at home. It is difficult {for learn|to learn} Chinese. Thank you for {help|helping} me.
I have {went|gone} there many times. He has {broke|broken} his leg. I have never {saw|seen} such a big fish.
{Their|They're} going to the cinema tonight. The cat hurt {it's|its} leg. I don't know {weather|whether} he will come. She is taller {then|than} me.
I want to {loose|lose} weight. {Your|You're} very kind. I {teached|taught} him to swim. My {brothers|brother's} bike is new. I {dont|don't} like milk.
{Lets|Let's} go to the park. She sings very {beautiful|beautifully}. He drives too {fastly|fast}. My mother is a good {cooker|cook}.
The {important|importance} of education is clear. He is a very {success|successful} businessman. She has a lot of {confident|confidence}.
I was very {surprise|surprised} when I saw him. I am very {boring|bored} in this class. The lesson was very {bored|boring}.
It was an {interested|interesting} book. I am {exciting|excited} about the trip. I {very tired|am very tired} today.
My sister {very happy|is very happy} with her new job. She {is live|lives} in Rome. He {is work|works} in a bank. I {am agree|agree} with you.
{Is|It is} very cold today. I think {is|it is} a good idea. My {mother she|mother} works in a hospital. The {teacher he|teacher} is very kind.
He gave the book to my sister and {I|me}. {Me|I} and my brother like football. She looked at {he|him} angrily. I hurt {me|myself} with the knife.
I like {very much ice cream|ice cream very much}. He {goes always|always goes} to bed late. She has a {dress red|red dress}.
I don't know where {is the bank|the bank is}. Can you tell me what time {is it|it is}? I asked him what {did he want|he wanted}.
Where {you live|do you live}? What {he did|did he do} yesterday? Why {you are|are you} crying? How many children {you have|do you have}?
He is {more tall|taller} than his brother. This is the {most cheap|cheapest} shop in town. My house is {bigger that|bigger than} yours.
She is as tall {than|as} her mother. If I {will have|have} time, I will help you. If I {would have|had} more money, I would travel more.
If it {will rain|rains}, we will stay at home. I would have come if I {knew|had known} about the party.
I {don't know nothing|don't know anything} about it. He {no speak|doesn't speak} English. Nobody {didn't come|came} to the party.
There are {much|many} people in the street. I have a {few|little} money left. She drinks too {many|much} coffee. He {said|told} me a secret.
Can you {borrow|lend} me your pen? I {did|made} a mistake in the test. She {made|did} her homework after dinner.
My teacher {learned|taught} us a new song. The house {was build|was built} in 1950. This book {wrote|was written} by a famous author.
English {is speak|is spoken} in many countries. My bag {was steal|was stolen} yesterday. The accident {was happened|happened} last night.
The man {which|who} lives next door is a doctor. The girl {who's|whose} father is a pilot is my friend. I have a friend {his|whose} name is Carlos.
I live in {london|London}. My sister is learning {french|French}. Although it was cold, {but we|we} went out. Because I was ill, {so I|I} stayed at home.
I like {cook|cooking} and reading. He has a lot of {homeworks|homework} today. I saw a film {who|that} was very funny. She is good {in|at} maths.
What {means this word|does this word mean}? He is {enough old|old enough} to drive. I have {visit|visited} many countries. We {was|were} very happy.
It's {a bad|bad} weather today. I have two {childs|children}. He is the {better|best} player in the team. I {feel me|feel} tired today.
He came {in|by} car and parked outside. {In|On} Sunday we went hiking. I have been to {the Japan|Japan} twice.
My uncle works as {engineer|an engineer} in Ulsan. We had {great time|a great time} at the wedding. He is {honest man|an honest man} and shy. {Sun|The sun} was shining. She is afraid of {dark|the dark}. I have {a breakfast|breakfast} at seven. She has big blue {eye|eyes}.
Physics {are|is} my favourite subject. {Is|Are} there any chairs in the room? When we arrived, the film {already started|had already started}. She {will can|will be able to} drive soon. He asked me to {helped|help} him. He arrived {at|in} Berlin on Friday. We are waiting {to|for} our friends.
I agree {to|with} you. I will see you {on|in} the morning. He made me {cried|cry}. It's no use {to cry|crying} over it. She spends a lot of time {to read|reading}. {Swim|Swimming} is good for you. He is good at {cook|cooking}. I saw {there|their} new car. {Whose|Who's} that girl over there? I {herd|heard} a noise.
That is my {parents|parents'} house. He is a very {friend|friendly} person. She smiled {happy|happily}. It was a {danger|dangerous} animal. He works {good|well}. He was {embarrassing|embarrassed} by his mistake. He {was decided|decided} to leave. {Was|It was} a beautiful day. This is {mine|my} bag. {I every day|Every day I} go there.
She runs faster {that|than} me. It was the {most bad|worst} day. My phone is {same as|the same as} yours. There isn't {no|any} milk. How {many|much} water do you drink? We {spent|had} a good time. The window {broke|was broken} by the boy. The man {what|who} works here is kind. The girl {which|whose} brother plays here left.
{Despite|Although} it was raining, we went out. {As conclusion|In conclusion}, I agree. {Some times|Sometimes} I feel lonely. {How|What} do you think about it? I feel like {to eat|eating} pizza.
Let's {do|take} a break. I {hope|wish} I could fly. You should {except|accept} the offer. We went {too|to} the beach. He is an {importance|important} man. He explained it very {clear|clearly}. {There|It} is raining in Seoul. {It|There} was a lot of people there. It is colder {as|than} yesterday.
She is {looking her keys|looking for her keys}. The picture is {in|on} the wall. She was absent {in|from} school. We {talked our problems|talked about our problems}. He is good {on|at} tennis. He asked me {close|to close} the window. We need {buying|to buy} some bread. He keeps {to talk|talking} all the time.
I am thinking of {to buy|buying} a car. She made me {cleaning|clean} my room. Have you ever {be|been} to Paris? He {is can|can} swim. {What does means this word|What does this word mean}? My grandfather {has died|died} in 2010. She {is|was} cooking when I called her. All of my friends {is|are} here.
After I {finish|finished} my homework, I went to bed. Last night I {can't|couldn't} sleep. The dinner was {cook|cooked} by my father.
"""
KOREAN = """
{가방가|가방이} 무겁다. {의자이|의자가} 낮다. {딸기을|딸기를} 먹었다. {남편와|남편과} 살았다. {바나나과|바나나와} 배가 있다.
{학교으로|학교로} 갔다. {저은|저는} 학생이다. {선생님는|선생님은} 친절하다.
일이 {되서|돼서} 기쁘다. 날이 {돼면|되면} 온다. {안되요|안 돼요}. 사람이 {돼고|되고} 싶다.
{교사로써|교사로서} 말한다. {망치로서|망치로써} 못을 박았다. {가던지|가든지} 오든지 해라.
{덥어서|더워서} 쉬었다. 노래를 {듣었다|들었다}. 밥을 {짓었다|지었다}. {다르아요|달라요}. 정말 {예쁘어요|예뻐요}. 꽃이 {빨갛은|빨간} 색이다.
집에서 {놀으면|놀면} 좋다. 밥을 {먹아요|먹어요}. 정말 {많어요|많아요}. 손을 {돕어|도와} 준다.
어제 {왓습니다|왔습니다}. 책이 {있슴니다|있습니다}. 지금 {감니다|갑니다}. {괜찬습니다|괜찮습니다}. {아니예요|아니에요}. {학생예요|학생이에요}.
{안녕하새요|안녕하세요}. {올것같다|올 것 같다}. {않읽는다|안 읽는다}. {않좋다고|안 좋다고} 했다. {왠일로|웬일로} 왔니?
편지를 {붙이고|부치고} 왔다. 감기가 {낳았다|나았다}. 지갑을 {잊어버렸다|잃어버렸다}. 수학을 {가르켰다|가르쳤다}.
어제 형을 {만나요|만났어요}. 할머니께서 집에 {왔어요|오셨어요}. {친구에|친구에게} 선물을 줬어요. {구두을|구두를} 샀다. 아주 {좋는|좋은} 곳이다. 꽃이 {예쁜다|예쁘다}.
저는 {연필를|연필을} 샀다. {돈을|돈이} 필요해요. 서울에 {살습니다|삽니다}. 비가 {올꺼야|올 거야}. 의사가 {되야|돼야} 한다. {재미있은|재미있는} 책이다.
{쥬스를|주스를} 마셨다. {메세지를|메시지를} 읽었다. {조용하는|조용한} 방이다. 친구와 {놀은|논} 뒤에 잤다. 그러면 안 {돼죠|되죠}. 나는 {바보를|바보가} 아니다. 밥을 {먹을려고|먹으려고} 왔다.
{회사에|회사에서} 일한다. {친구 들과|친구들과} 놀았다. 연필로 썼다. {그레서|그래서} 갔다. 얼마나 {울었든지|울었던지} 눈이 부었다. 나는 {열살|열 살}이다.
주문하신 주스가 {나오셨습니다|나왔습니다}. 모두 백 {원이십니다|원입니다}. {카페에|카페에서} 공부했습니다. {벤치에서|벤치에} 앉았다.
의자에 {안자|앉아} 있다. 책을 {일거|읽어} 보세요. 시간이 {업서서|없어서} 못 갔다. 감자를 {살마|삶아} 주셨다. 사람이 {마나요|많아요}. 책상 위에 연필이 {업어요|없어요}.
우리 집 {압에|앞에} 나무가 있다. 방 {박에서|밖에서} 놀았다. 길을 {건늘|건널} 때다. 안녕히 {게세요|계세요}. 저도 {좋아헤요|좋아해요}. 어서 {오십시요|오십시오}.
선생님께서 {칭찬하셧어요|칭찬하셨어요}. {추우니까서|추우니까} 들어와라. 날마다 {열심이|열심히} 산다. 학교에서 {가까히|가까이} 산다. 제 {친구이예요|친구예요}. 저는 {가수이에요|가수예요}.
저는 잘 {몰르아요|몰라요}. 길을 {몰르고|모르고} 갔다. 머리를 {잘르고|자르고} 왔다. 서울에 {살으요|살아요}. 시골에 {살으십니다|사십니다}. 밥을 {먹으요|먹어요}. 친구를 {만날려고|만나려고} 나갔다.
어렸을 때 자주 {가든|가던} 빵집이다. 네가 무엇을 {하던|하든} 나는 네 편이다. 얼마나 {춥든지|춥던지} 울었다. 먹{던 말던|든 말든} 상관없다. {하던지|하든지} 말든지 해라.
{너 뿐만|너뿐만} 아니라 나도 그렇다. 집에 {가는데|가는 데} 한 시간이 걸린다. {다음주에|다음 주에} 만나자. {어서오세요|어서 오세요}. 저는 키가 {적어요|작아요}. {예기를|얘기를} 나누었다.
할머니{에게|께} 편지를 드렸다. 우리는 식당{에|에서} 불고기를 먹었어요. 어제 우리는 영화를 {봐요|봤어요}. 내일 할머니 댁에 {갔어요|갈 거예요}. 일이 잘 {돼지|되지} 않았다.
비가 {오는대|오는데} 우산이 없다. 배가 {고픈대|고픈데} 먹을 게 없어요. 저는 서울{에|에서} 태어났어요. 서울{으로|로} 갔다. 제가 {도와드릴께요|도와드릴게요}. {몇 일|며칠} 동안 아팠어요. 오늘이 몇 월 {몇 일|며칠}이에요? 늦었는데 {어떻게|어떡해}? 문제를 다 {맞추었어요|맞혔어요}. 화살을 과녁에 {맞췄다|맞혔다}. 빨리 {낳으세요|나으세요}. 버스보다 지하철이 더 {낳다|낫다}.
{있다가|이따가} 전화할게요. 우리 {있다|이따} 만나자. 그럼 다음에 {뵐께요|뵐게요}. {요세|요새} 바빠요. {어째든|어쨌든} 갔다. {날라가는|날아가는} 새를 보았다. {바껴서|바뀌어서} 놀랐다. {뇌졸증|뇌졸중}은 무섭다. {들어나다|드러나다}는 어렵다. {삼가하세요|삼가세요}. 마음이 {설레여서|설레어서} 못 잤다. 제 이름은 민수{에요|예요}. 내일 갈 {꺼예요|거예요}.
이건 제 {꺼예요|거예요}. 형은 키가 {커고|크고} 말랐다. 밥을 {먹은후에|먹은 후에} 나갔다. {조은|좋은} 사람이에요. 사과 {셋|세} 개를 샀다. 책 {둘|두} 권을 읽었다. 저는 {이십|스무} 살이에요. 커피 {둘|두} 잔 주세요. 어제 {아팠어서|아파서} 못 갔어요. 늦게 {일어났어서|일어나서} 늦었다. 저는 피자를 {먹고싶어요|먹고 싶어요}. 동생은 집에 가고 {싶어요|싶어 해요}.
저는 한국에 {가서 싶어요|가고 싶어요}. {우리는같이|우리는 같이} 갔다. {공부 하다|공부하다}가 잤다. {학교 에|학교에} 갔다. {잊혀진|잊힌} 기억이다. 문이 {닫혀졌다|닫혔다}. 그렇게 {보여진다|보인다}. 책이 {쓰여졌다|쓰였다}. 문을 {닫어요|닫아요}. 학교에 {가아요|가요}. 한국어를 {배우어요|배워요}. 친구를 {만나아서|만나서} 놀았다. 나는 밥을 {먹다|먹는다}.
나는 매일 학교에 {가다|간다}. 물을 {마시는다|마신다}. 저는 밥을 {먹읍니다|먹습니다}. 저는 학교에 {가습니다|갑니다}. 날씨가 {좋읍니다|좋습니다}. 저는 음악을 {듣읍니다|듣습니다}.
이 음식은 {별로|} 맛있어요. {전혀|} 재미있어요. 나는 {결코|} 갔다. {왜냐하면|} 비가 왔다. {만약|} 비가 와서 안 갈 거예요. {아무도|} 왔어요. {비록|} 작아서 힘이 세다.
{피곤해서|} 쉽시다. {추워서|} 들어가지 마세요. 저는 술을 {좋아습니다|}.
"""
MARK = re.compile(r"\{([^{}|]*)\|([^{}]*)\}")


def one_at_a_time(marked: str) -> list[tuple[str, int, int, str]]:
    """Returns the text of each error with the others corrected, its range, and the text without it."""
    errors = []
    for line in marked.strip().splitlines():
        for found in MARK.finditer(line):
            before, after = (MARK.sub(r"\2", each) for each in (line[: found.start()], line[found.end() :]))
            errors.append(
                (before + found[1] + after, len(before), len(before + found[1]), before + found[2] + after)
            )
    return errors


@pytest.mark.parametrize(
    ("text", "start", "end", "corrected", "language"),
    [
        (*each, language)
        for language, marked in (("en", ENGLISH), ("ko", KOREAN))
        for each in one_at_a_time(marked)
    ],
)
def test_finds_what_learners_get_wrong(
    text: str, start: int, end: int, corrected: str, language: str
) -> None:
    found = [
        each
        for each in reviewers()[0].review(ParsedText.read(text, language), Reading())
        if each.polarity == IMPROVEMENT and each.start <= end and start <= each.end
    ]
    assert found, text
    for each in found:
        for reader in ("ko", "en"):
            assert "{" not in word(each, reader).observation
    offered = {text[: each.start] + each.rewrite + text[each.end :] for each in found if each.rewrite}
    assert not offered or corrected in offered


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((each, "en") for each in GOOD_ENGLISH.strip().splitlines()),
        *((each, "ko") for each in GOOD_KOREAN.strip().splitlines()),
    ],
)
def test_is_silent_about_what_only_looks_wrong(text: str, language: str) -> None:
    found = reviewers()[0].review(ParsedText.read(text, language), Reading())
    of_words = [each for each in found if each.issue not in {"register_mix", "repetition", "concision"}]
    assert [(each.wording, text[each.start : each.end]) for each in of_words] == []


@pytest.mark.parametrize("between", ["\n", "  ", "\u00a0", " \n "])
def test_sees_a_doubled_word_across_any_white_space(between: str) -> None:
    text = f"He put the{between}the book there."
    found = reviewers()[0].review(ParsedText.read(text, "en"), Reading())
    assert ("repetition_word", "the") in {(each.wording, each.rewrite) for each in found}


@pytest.mark.parametrize(
    "text", ["The city of Toronto\n\nToronto has grown.", "On war\nWar is bad.", "On war\n\nwar is bad."]
)
def test_takes_no_heading_for_a_doubled_word(text: str) -> None:
    found = reviewers()[0].review(ParsedText.read(text, "en"), Reading())
    assert "repetition_word" not in {each.wording for each in found}
