"""Good sentences that look like mistakes."""

ENGLISH = """
She insisted that he go home. If I were you, I would wait. I suggest that everyone have a look. Had he known, he would have come. The people I like live near here.
My brother, like me, works hard. People like my brother work hard. I saw my brother go. Let her sister play. Does your mother work here? The student work was shown. The company uses a system.
There is a number of reasons. There are a lot of people. There are a few books. There is a good and a bad side. Many a student has tried. Much of what people say is true.
An hour ago a European union was formed by a one-time user. It is a unique, usual and useful thing; a ewe; an heir; an honest man; a union; an umbrella; an unimportant thing; an uninteresting unit.
I did what I can to help. All you can do is to wait. The will to live is strong. His will says so. What I think they said matters. You and I are friends. One of you is late. Each of us has one.
The number of students in my class is small. One of my friends is here. The group of girls was loud. Two-year plans and three year-end sales came. A ten year old boy. The five student leaders met.
I used to swim. I use to-do lists. He is used to working. We didn't use to go. I look forward to work. He stopped to smoke. They want cleaning. I have to work. He has saw blades. She left school to work.
Why you are here is a mystery. What you need is rest. When you go home, do you eat? I know who is coming. Do you know what it is? Tell me where he went. How you do it is up to you. What time it is does not matter. Who are you?
However you do it, be quick. However, I was late. The more you read, the easier it is. It is as tall as a house. No more small talk. More older people live here. The most high-tech car. She is not as such better than me. The most old people can do is wait.
It was colder then. Back then they lived here. He was older then, and we knew it. Rather than walk, then, we drove. Other people then came. Yesterday was Monday. Last week he had to go and see a doctor. Yesterday I wanted to go to the park and play with him.
Two days ago I heard him sing and play the guitar. Last year we learned how to swim and dive. He said yesterday that he likes it. I know what he did yesterday. I think about what happened last night. Last summer was hot. I am tired because of last night.
The dog and the cat live here. My mother and my father work. Neither he nor they were there. The boy with the dogs is here. The books on the shelf are old. My family are well. Everyone in my class has a phone. The police are here. The news is good.
He is a teacher. She works as a nurse. In big company towns, it is big business. It is good news. He has good taste. They live in small town America. He was in great pain. She is in good health. It is a small school project. At long last we left. At high school age children grow.
He made the cakes to sell. It made him want to leave. Please let me know. I enjoy going out to eat. We avoid talking to be safe. She wanted eggs. I hope trees grow. By eating well, you live long. He is interested in art. Thank you for helping.
Its tail is long. Its own size. Its good qualities are many. It's so good. Your right hand hurts. Your welcome was warm. Their house is there. There are many. Their are-you-okay look. They left there school or not. This is advice for you. The effect on me was great. To effect change takes time.
He can do it and so can they. Do they like it? Did you see it? What does she want? It works. She does. He has. They have been there. He has had enough. I have read it. It has come. We have become friends. He cut it. She put it there. It cost me. He hit me.
In the US the Korea Times is read. We went to the China Sea. I go to the Germany game. The Japan of my youth is gone. A United States senator. A one-way road. A U-turn. An MP3 file. An F grade. A used car. An L-shaped room. A euro. A utility.
I am so tired that I sleep. What I am like is unclear. It is like home. We are open. They are clean. The shop is close. He is lost. The store was open late. I'm like, wow. The show is live in Seoul.
Everyday life is hard. An everyday thing. It happens every day. More and more people are here. The better the book, the more I read. It is more old than new. The very most happy moment.
She is the most happy when alone. More better-known names exist. He is a more clean-cut man. Last night's show was good. Yesterday's news is old. He says he was sick yesterday. I know that it rained last week. They are from last year. I have the book I bought yesterday.
I know it's food that matters. Its cold waters flow south. There going price is high. Your a cappella choir sings. To effect the necessary changes takes time. This will effect a change. Do not loose the dogs. To brake the car is hard.
The people I know were the first. Those we asked were the teachers. That is where it hurts. I live in the country to where my aunt moved. To right a wrong is hard. They live in the city. All my live shows were fun. He felt off balance.
I have seen the film you gave me yesterday. I have read the book we bought last week. I am used to left turns. If it will help, I will do it. The police is an institution. Sun was a Chinese leader. This class was loud. He waited by an open window.
She lives in her own garden flat. They saw their own house. We met behind closed doors. Without help at home she failed. He has few money worries. There are few water birds. In Monday's paper it said so. A shorts pocket is small. She is the taller of the two.
He is a European citizen and an honest man. It was a one-way street with an old house. She is captain of our team and works from home. We went to school by bus. The life of a farmer is hard. The luck he had was amazing. We took a five-year course. Two fish swam past three sheep. These sheep belong to him.
Those present were surprised. One of the team is ill. One of my friends is here. There is a lot of noise here. There is bread and milk on the table. Every two weeks we meet. The news is good and the police are coming. I saw my father work in the garden. The number of tourists is growing. A number of tourists are coming.
The teachers who work here are kind. I know the man who runs the shop. The can sings a tune. Her will needs two witnesses. He is used to used cars. We look forward to updated plans. What he did surprised me. All they did helped us. Thank you for your help. I have left my bag. He had cut the rope.
I have been here since three years ago. Since three of us were ill, we stayed. It is two years since we met. I stay here for two weeks every year. He was made of stone. The bridge was cut in two. Knowing him, I left. We are having lunch now. I wonder if she will come. I would be happy if you came. I don't know, no one does.
There is nothing I don't like. There are more older people now. Things went from bad to worse. The weather is getting worse. He is as good as me. My worst fear came true. Rather than wait, he left. I was older then. Their going home was a surprise. There goes the bus. It's tail wagging time again, she joked. Its colour is red.
Your right hand is dirty. You're mother and father to me. Who's there at the door? Whose bag is this? Now and then I run. He was richer then. Stress can affect sleep, and it takes effect quickly. It had an effect on me. These trousers are loose. A loose tooth hurts. In principle I agree. Their principal aim is profit.
He walked with bare feet. The desert is hot and dry. I advise you to rest. My advice is to wait. A quiet big room. It is quite late. To many people it is home. He went to much trouble. What he could of course do is leave. He thought of it. Where were you? Were you there? We had a discussion about it. I asked him about it.
It is good in parts. He is happy with it. We arrived home. I waited an hour. We met in May. At night it rains. A piece of advice helps. Two coffees please. Many a student failed. How much do students pay? He has few friends. Less than ten people came. Where is the station? I know what is good. What you did was wrong.
Where you live matters. On the wall are two pictures. What I think is important. I found her very tired. We saw them going home. I came, I saw, I conquered. When I was tired, I went home. Why did you go? Because I was tired. Because I was tired, I slept. I know that that is true. He had had enough.
A march through the town may help. China and china cups. He uses e.g. this one. I like the iPhone. It works. My brothers drive red cars. The teachers book rooms. The student's happy. My sister's here. She looks beautiful. He works hard. She looks sadly at him. He speaks well. She said to me that she was ill. He told the truth.
He said so to me. She told us. I make dinner. He did well. This is used to open doors. I use it to play. So good a film is rare. Such is life. It is too late. He is too. I stopped to eat. He suggested it to me. I made him go. They want children. He let me go. I want that book. He lied about it. We fed them. The fish are good.
It was me. My friend and I left. I hurt myself. He saw me. The company which makes it. What I bought is good. It is mine. This is my book. He is ten years old. A ten-year-old boy. Everyday life is hard. Maybe he is right. Some stay, others go. Another ten people came. Most people think so. A lot happened. He has the blues.
Greens are healthy. Not only was he ill, but he was sad. Although old, it works. Yesterday's news is old. Last week I had to go. I have seen yesterday's paper. Since last year she has gone there. I have 15 years of experience. I have a cold. She always plays tennis. I very much like it. I went to a home. He came to the house.
We went to shopping malls. I went to see him. The trip was exciting. He is boring. Born in Spain, he left. He died. I am agreed on that. We agree. We made plans to feel better. There is enough food. I have enough old clothes. She does have a cat. He is having a bath. My work is work. I am home. We were played by him. It was cut.
She is not like him. No fish like it. My mother names it. The name of my dog. It's pizza night and it's your turn. I know it's art, not rubbish. You're friends with everyone. Their not coming surprised me. Their very own house burned down. Their so-called friends left. Who's next on the list? Who's captain of the team?
I would rather walk than run. He knows more, then he should say so. No sooner had he left, than it rained. The drug effects the doctor described were mild. The side effects my mother had were mild. Hang loose. The principle of the lever is simple. The principles of our school are printed here. The bear feet were huge.
He bared his teeth. The tree grows in desert and forest. They live in the desert. The better team of the two won. The bigger house in the street is ours. He is one of the few people who knows it. I asked my parents who live abroad. She has a brother and a sister who live in Rome. He told a friend that make-up is fun.
A number of students are here. The team of doctors are tired. The quality of the photos is good. It was so cold water froze. He was so good people cheered. Another two students came. The book's cover is red. I like the teacher's. My brother name-drops. It took ten minutes to walk. A six years' war ended.
We had a good weather forecast. I have no idea. I don't know, nobody does. We don't do nothing but work. He could not go and did not care. I had not known it. What I think is important to me stays. The man I think is important left. My father, born in 1950, is old. My brother born in May is tall. The soup very hot, we waited.
Explain it to me. I was told that he left. I use to-do lists. He went for running shoes. I am working here for two weeks. If you would like tea, I would make some. I asked if I would be late. We were given the books. They were watched closely. He was made captain. What time is it? In May 2010 we met. In March 12 people came.
Me and my big mouth! My sister and I, we went. I like it. iPhones are dear. I was hungry, I admit. He was tall, he was strong, he was kind. It was late, she thought. You know, I was there. He is old, I think. The house was big, it seems. Although small, it is nice. Why? Because I can. Which was it?
He admired their not complaining. If their going to the coast upset her, she did not say so. She was a singer whose singing brought people from miles around. Whose coming of age is it? The widow, whose standing in the town had fallen, kept to herself.
Scarcely had he left, than she wept. The change was effected by stealth. The men loosed their arrows. He loosed the dog. The frost looses its grip. Her principles told her to refuse. The principle announced by Newton changed physics. Half of the payment goes on principal.
She bent to bare the roots of the rose. The walls were hardly bare with all those pictures. He was quite on his own that winter. They were quite at a loss. I was quite in the dark about it. They do it because their mothers like them to.
The better part of my life was spent at sea. The greater part of my childhood passed in that town. The wider world of the city called to him. I was too much excited to sleep. He made it badly and it broke. He had tired of the sea.
I don't believe he has no money. I couldn't bear to have no friends. It was agreed that she not sign. The rule is that you not speak. My sister's are green, and mine are brown. I bought my daughter clothes and shoes. I gave my brother advice. The farmers market is on Saturdays.
There is a lot people do not know. A girl too young to vote asked the best question. Her voice so soft that I could hardly hear, she began to read. The doctor born in Vienna went to London. My grandfather, a man born in another century, hated telephones.
He introduced me the next day. Nobody described him the same way. She introduced me that summer to her friends. The money went for camping on the coast. My father told that every Christmas. All I can do for the child is have the bed ready.
I am working since nobody else will. He has no answer for 1914. We have high hopes for 2030. If he would help, we could finish by noon. If he would be so kind, we would be grateful. What a day! he thought. I left early. Which is why I missed it.
He was gone, she could tell. You are young, you will learn. The murder in 4 May Street was never solved. He is older than my sister and I. The ghost who walks the stairs is kind. There was once a king who had three daughters. He mans the desk on Saturdays. He made it to win.
I am used to work and stress. A stream of cars were passing. My mother makes the dishes in the oven. The potter makes dishes and bowls.
The results will be published in May. The company will publish in the spring. The bridge built by the Romans still stands. A house built in 1932 needs care.
The wallet stolen on the train was found. The pen wrote in blue. The car took the corner too fast. The author wrote in English. My wallet was stolen on the train.
The road will hold in winter. The rope will hold. The meeting was held in May. The team holds a meeting every week. The party held in our garden was loud.
The letter written by my mother made me cry. It was a surprise. She is an interest of mine. The reason was surprise and nothing more. What I felt was surprise.
My dog is called Max. I was called home. They were attacked at night. She was bored. We are interested in art. My work is design and drawing. Was it a surprise?
The film was bored into my memory. The boy was so bored that he fell asleep. The class was bored. My team is excited about the match. The audience seemed bored.
The dog looked tired. I found him interesting. I found the boy bored and alone. She is interesting. He is boring. They are amazing. She was amazing in the play.
Our teacher is very interesting. The tired car gave up. An excited crowd came. The worried look on her face told me everything.
My brother, only twelve, can speak four languages. The boy I saw was only twelve. He was just ten. Only twelve people came. My sister has only two friends.
I have just ten minutes. We sold only three tickets. They chose ten players. My father is already fifty. She turned twelve. He got only four points.
I came from Korea. The men from Korea are here. She and I at home are quiet. It was he in the end. She in particular liked it. This very moment matters.
This so pleased him that he laughed. This too will pass. That is why I came. That very day he left. This is very important. There, many people live alone.
People who care win. The woman who first came left. Anyone who poor people trust is welcome. What your mother said is true. How you did it is a mystery.
My brother is liked by all. Do you still like it? Does he work here? What do the men doing this want? My mother, angry with me, left.
My mother angry with me was a sight. The food left over is yours. The people present agreed. The money needed for the trip is here.
My father, ill at the time, stayed at home. I asked him what was wrong. I know what is going on. I wonder who is at the door. He asked me which was better.
Tell me what is on the table. I asked who was there. I know who can help. He knows what matters. Ask him if that is true. I asked him if he knew.
She asked me whether it was raining. He told me where the station was. I asked her: what was he doing? Why the delay? Why not? What a day! What the film shows is sad.
How the world works is a mystery. What time the film starts is not important. When the teacher is angry, do you leave? What books are on the table?
How many people came? How much money is left? What sports are popular? Who came? Which team won the match? What happened? What kind of music is this?
Not only he but also his brother came. Not only the teacher is tired. Never mind. Never give up. Hardly anyone came. Hardly had he left when it rained.
Not only did he lose his job, but he also lost his house. Never have I seen such a thing. Seldom does he write. Why don't you come?
What you don't know can't hurt you. How you didn't see it is a mystery. What does he look like? How do you like it? How is life? How would you like to go?
I know how to cook. How do you feel like that? Had I known, I would have come. Were he here, he would help. Should you need help, call me.
Could you please send me the file. Would you mind closing the door. What you did was wrong. What he is doing is good. Do come in. Do not touch it. Is it late?
Are you tired? How could I forget. Did you see it? Where there is smoke there is fire. Who is it for? Who are you talking about? What are you waiting for?
Which country do you come from? Who do you think won? What do you think? Which city do you like? Who did you see? Which school did you go to? Who do you live with?
If I have time, I will help you. If you have any questions, I would be happy to help. If he is right, I would like to know. If it rains, we will stay.
If I had a car, I would drive. If I have to go, I would rather walk. If I am honest, I would say no. If he had studied law, he would be a judge now.
If she had married him, she would live in Rome. If you see her, would you tell her? I wonder if he would have known. I asked if he would have come.
I will see when he will come. I don't know when I will be back. I will ask him when he will arrive. I wish you were here. I wish I could fly. I wish him well.
I hope I can come. I make a wish I can keep. While I am waiting, I read. When I am tired, I sleep. While he is sleeping, the cat plays.
When I was young, I am told, I was shy. When he died, his son was working. She has been sick since Monday. She is sad since he left her alone.
It is ten years since we met. He is the best player since 1990. She is here for two weeks. I work here for two months. We have been married for ten years.
I know it is late. He is in a hurry since his train leaves soon. I have known her since we were children. In winter it is very cold. In the box is a very cold bottle.
In Korea is a city called Busan. In winter, the lake is very cold. In my opinion is where the problem lies. In 2010 was the last time. At home is where I am happy.
On the table was a big cake. In his class he has many friends. I like it because it is close. The trouble is because of you. Here is very good news.
Here is a nice place. Is my answer right? Is your brother here? Was his idea good? I find it difficult to speak. I find difficult books boring.
He made important decisions. She found easy ways to win. This is the park which I like. This is the house which my father built. The town which I love is small.
That is the school which I told you about. The hotel which I stayed in was cheap. The city which I live in is old. The day which I fear most is near.
The restaurant which I recommended closed. The bag that I bought is red. It was such a nice car that I bought it. He liked the book so much that he bought it.
I said of the book that I bought it. The boy who name-calls is rude. There are many people living here. There are people who live here. There is a man I know.
I have a friend in Rome. I have friends like you. There are many people like him. I have a brother who works here. My mother, she said, was tired.
The man he saw was tall. The book it was in is lost. The day he left was cold. My friends know it. The development of the city took years.
The kind of the book does not matter. I remember the kind of the car he drove. The important thing is love. The young of many animals are blind.
The best of all is this. The most popular of the songs won. He is important of course. She was the most beautiful of them. The very thought of it hurts.
The most help came from her. Most music is fun. The most interest was shown by the young. I usually go. I final-checked it. We real men cook. You poor thing.
It was complete nonsense. The total is high. The damage was total and final. He could hardly work. He works hard. She hardly worked. I have not seen her lately.
It tastes terribly good. The dog smells badly hurt. The fish smelled terribly of oil. She looked beautifully calm. He smelled danger. I lost the train of thought.
They robbed the bank. They robbed him of his money. He spoke to the Spanish teacher. They talk English politics. He said the truth hurts. She told a lie.
Look, the TV is on. He saw TV as a danger. I see television changing. He made a bath for the birds. She made some walks safe. I made the exam easier.
The party they made was small. Do your best. Make a plan. I do sports. We made sports popular. He won the match. They won us over. She won him the prize.
I remember him to be kind. I remembered her of all people. Open the TV stand. He opened the light box. She learned a lot. The sun raised my spirits.
Prices raised by the shop fell. He fell ill. She fell silent. I fell badly. I can lend my car. She lent the book. He borrowed my pen to write.
They won the first price war. We walked and passed the church. The bus went past us. He went and passed the exam. Almost all people came. Almost everybody came.
I prefer walking rather than driving. He prefers tea to coffee. He prefers a smaller car than mine. Same time next week. On his own he is weak.
He did it by his own choice. Others like each other. I don't want to go too. He didn't eat too much. The lot of the poor is hard. He is one of a lot of people.
Plenty of people came. There is plenty to do. Hundreds of people came. Two hundred people came. Thousands came. Such a day is rare. At age ten he left.
In middle age he changed. The rest of us left. He knows the English of Shakespeare. He spoke the English of the court. They learn the Spanish guitar.
We teach the law of the land. She studied the law on tax. We ate the breakfast that she made. The money can wait. The education of the young matters.
The nature of the problem is clear. The love he felt was real. I must stay until Monday. You should not send it until Friday. Please wait until tomorrow.
He worked until midnight. You must keep it and not give it until Monday. I got the letter of thanks. I got a letter of recommendation.
Before two weeks had passed, he left. He left before three. He looked me in the eye. He smiled. She laughed at me. He looks his age. Look this way.
They look the same. It happened yesterday. It may happen you know. He talks nonsense. They agree this is right. I agree the plan is good. Help him the best you can.
They searched my bag. Search the house. He sat the baby down. They sat the exam. Sleep the night away. Knock the wall down. He knocked the door down.
Instead, to win, he ran. In spite of it we won. Thank you. He paid a visit to Rome. The reason of state won. The answer of the boy was wrong. It is worth it.
It is worth a lot to see it. He has no time to waste. He had trouble. They are too busy to talk. He was so busy to be sure. You had better go. I would rather stay.
I stopped him to ask the way. I saw him to the door. She watched me to see if I lied. I heard it to be true. We enjoy music. I like books. We enjoy play time.
I like study groups. I like watch chains. I would like meeting rooms to be free. He woke up. She picked up the phone. They turned off the road.
He wrote down the name. It is enough. It is good enough. He had enough good books. Not enough big names came. Yesterday went well. I saw yesterday's film.
He said yesterday the car was sold. I met last night's winner. Where do they come from? How do you call for help? Although he was ill, he came. Some things change.
Some body parts hurt. The sun set at six. The sun set over the hills. We had the hair cut short. Any way you like it. He may be ill. All ready? They were all ready.
My sister is sixteen, and she is tall. My brother has a girlfriend, and she is nice. My mother met a man, and he was kind. My sister's friend is tall, but he is shy.
My brother likes my sister, but she is busy. My aunt has a dog, and he is old. My father works with Anna, and she helps him. My sister lives with her husband.
My brother went out with his girlfriend. My sister and his wife are friends. The number of students who smoke is small. The number of people was large.
The number of those who have left is small. The number of seats that are free is small. The number of ways we have is two. Do your homework. Do the dishes now.
Do his parents know? Do all of us agree? It was first come, first served. It was first thing in the morning. He was first in line. She was second to none.
It was last year. He is last. This is second nature. She is first among equals. I like stamp collecting. He collects stamp albums. I like chess. I like bird song.
He likes art. I love summer. She likes dance and theatre. She is like sister to me. They came from different country clubs. He is afraid of spider bites.
Kind of like car parks. I like ice cream and cake. I like dinner at home. The use of different computer systems is hard. My family moves a lot.
When I was ten, my family moved to Rome. He grew up in Leeds and runs a bakery. He was born in Rome and lives in Paris.
She wrote a book and goes to schools to read it. He took the bus and walks from there every day. He sat down and sits there still. Yesterday is gone.
Yesterday my mother had a party. Last week is over. Two days ago is too long. Last night I put the book away. Yesterday he said that he likes it.
I said my prayers that night. He said my name. I said my mother was ill. He said my mother that day was happy. The dictionary is mine. It is not my fault.
Its very name is odd. Its very old walls fell. Its old and new parts differ. Your very own room is here. Your so-called friend left. Your very kind letter came.
He did not like it. She no doubt likes it. He no longer works. We not only sing but dance. They found there old coins and new ones. He found there a friend.
She saw there swimming pools. We met there new friends. He was younger then. It was better then, living alone. He knew more then. My mother tongue is Korean.
My sister school is in Rome. My brother officers came. My brothers work here. My teachers test us. I really enjoyed meeting us. He was a man alone. It is a day late.
It was a house big enough for ten. I have a heart full of hope. She made a house beautiful. He painted a door red. It is a sea blue and calm.
We had a year good and bad. I like it very much indeed. I love very much that he came. It's a good weather forecast. He is youngest by far. It is oldest in the north.
It is strongest in the south. He has hand and foot problems. We have work to do. They have need of you. I have answer sheets. She has cause to worry.
What I think is a good idea is this. Something I think is a good idea came up. He would have come if he could. I would have stayed if it was warm. He lets go.
In car parks it is dark.
I am amazing at chess. It was extreme cold that killed them. It is highly recommended to use it. I will instead resolve it. Open the unit 4 file.
He works as a nurse. He had a breakfast of eggs. She has bad time management. The sun was shining. He is afraid of dark rooms. Is there any news? When he was ten, he already spoke French. A will can be changed. They agreed to meet me. I saw him on the morning of the match.
Look this way. It made him loved by all. I have no use for it. She has a lot of time to read. Whose is that girl? They herd sheep. The form is long. We leave in a small group. The doctor lost her patient to cancer. A danger sign hung there. A beauty contest was held. The girl which one likes is here.
He knows what it feels like to miss someone. Our class was bored. The wave broke by the shore. The ball broke the window. She was loved. I told the woman what happened. Despite it all, we won. The choice was mine alone. He runs faster that way. Is a cat an animal? Give the book to me. My parents house a student.
My feet are cold. Her teeth are white. It was many things to many people. They told me close to nothing. I told him to close the door. He wanted him dead. It needs cleaning. Keep to the left. All of the class is here. Some of my work is good. I have met people who were born in 2010.
The show was work by students. When I get home, I will call. When I think of it, I felt bad. Talk the problem over. He is as clever as the others. She is much taller as an adult. It was too late.
Ten dollars is too much. Two years is a long time. Five kilometres is far. Three hours was not enough. Is ten dollars enough? Another ten minutes is all I need. Fifty pounds seems too much. Three fifths is two fifths away from one. Four stars is a catastrophe. Five exams is too many.
She lay down on the grass. She lay down on the grass and fell asleep. It lay in the snow. He lay awake. It lay all winter in the drawer. Everything lay in ruins. Nobody lay still. Mary lay in bed. The old man lay dying. I had my hair cut yesterday. He got his hair cut. She wants her hair cut short. He came with his hair cut and a bag on his shoulder.
Because is a conjunction. They is a pronoun. Children is the plural of child. Went is the past of go. If is a small word. I is a pronoun. You is a pronoun. Books is a plural noun. The word because is a conjunction. Were is the plural form.
Maybe she is nervous. Perhaps she likes them. Otherwise he has to stay. Buy them if you like drawing but not for homework. I asked one about my home town. The mean time between failures was long. They break fast at sunset. We watched the sun set. Are there any where you live? The key board members left. Thanks to every teacher who ever helped.
It was colder as the night went on. She looks younger as the years pass. We went to the Lake District. I asked the man what he was doing. The interested parties met. The museum opened in 1890. The canal opened in 1869. A girl singing by the lake waved. A pigeon with a limp, and a couple breaking up, were there. We hope they were safe.
It need not be so. Nobody need have intended it. Our quiz program stores it. The boat chase is splendid. Somebody stop that man! This time keep your voice down. It was as though somebody were there. That it was repeated so many times suggests it failed. My grandchildren describe it. The villi are flattened. Hammershøi painted rooms. The arithmetic mean would be fine.
A spit is joined to the land. "No," replied the baker. She complains of the wallpaper. They complained for a term. He enters into an agreement. It is in contact with the air. The workhouse was full by December. I am afraid our porter signed it. It ended for want of coffee. Do it without fail. We play hide-and-seek. She leaned forward to hear it. It is rare in practice. It is used to study motion.
The 47 bus is late. It gave a 404 error. The A4 page is small. Grade A eggs are dear. There is plenty of room for greatness. Five mains are on the card. Her hands are red, and she works. He did it in first year. A self-made essay won. The lost fork is in the hut. He was made judge. We eat when the present build system stops. He saw a piece of sky. The fish grew thin.
I don't want pity, I want a pass. I am sixteen, I get up early and I can count. I chose not to, and I trust that it was right. I told her I'd wait and see what came back. It is resolved that he enter it. However you look at it, it is bad. The number of patches and their order are given. The tank, ³ years old, holds 3 m³. Last night all my full stops got up.
"""
KOREAN = """
어렸을 때 나는 할머니 댁에 자주 놀러 갔다. 할머니는 늘 웃어 주셨고, 마당에서 나은 열매를 따 주셨다. 그 집은 지은 지 오래되어서 벽이 얇았다.
저는 학생으로서 최선을 다하고 있습니다. 말로써 천 냥 빚을 갚는다고 합니다. 대화로써 갈등을 풀어야 합니다. 무엇을 하든지 열심히 하겠습니다.
가든 말든 네 마음대로 해라. 얼마나 춥던지 손이 얼었다. 내가 살던 동네는 조용했다. 어제 갔든 안 갔든 상관없다.
친구가 감기에 걸려서 병이 나았다. 어머니가 아기를 낳았다. 정답을 맞힌 사람에게 상을 준다. 퍼즐을 맞췄다. 시험이 끝나고 답을 맞춰 보았다.
우리는 산에 올라 경치를 보았다. 길을 걸어 학교에 갔다. 빨래를 걷어 방에 두었다. 땅에 김치를 묻었다. 길을 물었다.
나이가 들면 아이처럼 된다. 고양이는 종이를 좋아한다. 사이가 좋다. 차이를 알아야 한다. 마을과 가을과 노을이 아름답다. 국어과 선생님과 영어과 선생님이 오셨다.
기와는 지붕에 얹는다. 한마디도 하지 않았다. 나 보기가 역겨워 가실 때에는 즈려밟고 가시옵소서. 전문가와 작가가 만났다. 국가가 나섰다.
그는 밤새 빨래를 빨아 널었다. 물을 길어 왔다. 아무리 불러도 대답이 없다. 노래를 불러 주었다. 배가 불러서 더 못 먹겠다.
학교에 공부하러 간다. 집에 일이 있어서 먼저 갔다. 도서관에 책이 많다. 학교에서 집까지 걸었다. 서울에 살고 있다. 의자에 앉았다.
선생님은 친절하시다. 손님이 오셨습니다. 할머니는 방에 계십니다. 커피가 나왔습니다. 고객님, 자리가 있으세요? 주문하신 음료 나왔습니다.
돼지고기를 먹었다. 아이가 어른이 되고 어른이 되면 안다. 잘돼서 다행이다. 되도록 빨리 오세요. 그러면 안 돼요. 의사가 되려면 공부해야 한다.
갓을 쓴 사람이 갔다. 못을 박았다. 오징어젓과 새우젓을 샀다. 낫으로 풀을 베었다. 붓으로 글씨를 썼다. 나뭇잎을 빼앗다.
왠지 기분이 좋다. 웬일이니? 대게를 먹었다. 대개 그렇다. 구지가를 배웠다. 조는 학생이 없다. 조를 나누어 발표했다. 만을 건너는 다리가 있다.
민주주의는 국민으로부터 나온다. 법으로 정한 것이다. 서울로 갔다. 종로로 갔다. 지하철로 이동했다. 세종대로를 걸었다.
먹는 것이 즐겁다. 믿는 사람이 많다. 신은 공평하다. 신는 양말이 젖었다. 읽는 책이 재미있다. 웃는 얼굴이 좋다. 돕는 손이 있다. 굽은 길을 걸었다.
이 문제는 어렵지만 그 문제는 쉽다. 저 산은 높고 이 산은 낮다. 저는 김민수입니다. 나는 그가 좋다. 너는 누구니? 우리는 하나다.
날씨가 추워서 두꺼운 옷을 입었다. 더워도 참았다. 매운 음식을 먹었다. 고마워서 눈물이 났다. 도와줘서 고맙습니다. 아름다운 노래였다. 차가운 물을 마셨다.
물이 흘러 바다로 간다. 몰라서 물었다. 빨라서 좋다. 하늘이 파래서 예쁘다. 까만 고양이가 하얀 눈 위를 걷는다. 그런 일은 없다.
생각이 다르다. 나와 생각이 달라서 다투었다. 답이 틀렸다. 계산이 틀리다. 그는 나와 달리 부지런하다. 지갑을 잃어버렸다. 약속을 잊어버렸다.
편지를 부쳤다. 우표를 붙였다. 힘에 부치는 일이다. 문이 닫혔다. 다리를 다쳤다. 가방을 메고 간다. 넥타이를 매고 간다.
한글을 가르쳤다. 손가락으로 하늘을 가리켰다. 문제를 맞히고 기뻐했다. 옷을 몸에 맞추었다. 줄을 맞춰 섰다.
알아서 하세요. 앉아서 기다렸다. 좋아요. 많아서 걱정이다. 먹어요. 없어서 못 산다. 놀면서 배운다. 만들면 된다. 힘든 날이었다. 아는 사람이다. 살려면 먹어야 한다.
책이 없습니다. 아기를 업어 주었다. 등에 아이를 업고 걸었다. 실을 이어 옷을 만들었다. 두 점을 잇습니다. 머리를 빗습니다. 옷을 벗습니다. 손을 씻어요.
여기가 바로 제 고향이에요. 학생이에요. 아니에요. 저예요. 이것은 사과예요. 거기가 어디예요? 누구예요?
어제 가든파티에 갔다. 먹든 죽든 상관없다고 생각했다. 무엇을 하던 사람인가? 노아 방주 이야기를 읽었다. 아라비아 숫자와 드러난 사실을 보았다. 이것저것 보았다. 바다가 넓다. 가마를 탔다.
할 뿐만 아니라 그럴 뿐이다. 웃을 뿐이었다. 비가 오는데 두 시간이 걸렸다. 잘 보이려 하지 않은 돼지 말이오. 게시판에 게시된 글이다. 고양이예요. 어린이예요. 다음날 아침에 갔다.
강의 상류에서 칼을 갈려고 했다. 시골에 살려고 갔다. 그 식당에 밥을 먹으러 갔다. 우리 집에 손님을 초대했다. 사과가 적어요. 말이 빠르다. 발을 씻었다. 물을 길러 왔다. 달을 보았다.
그 말은 안 되는 말이다. 이제 가도 되겠지. 형은 나를 꼭 안았다. 비가 안 왔다. 그는 의사로서 최선을 다했다. 칼로써 고기를 썰었다. 내가 살던 고향은 바닷가다. 무엇을 하든 열심히 해라. 어제 보니 그 집 밥이 참 맛있데. 비가 오는데 어디 가니? 동생은 방에 있어요. 집에서 쉬었다. 땅에 보물을 묻었다. 할아버지께서 오셨습니다. 선생님은 키가 크시다. 할머니께서 주무세요. 동생이 잤어요. 너만큼 나도 안다. 법대로 하자. 비가 올지 모르겠다. 내일 갈게. 누가 갈까? 왠지 슬프다. 웬일이니? 며칠 쉬었다. 몇 달이 지났다. 어떻게 지내요? 나 어떡해! 옷을 맞췄다.
시계를 맞추었다. 시곗바늘이 세 시를 가리켰다. 형이 나를 가르쳤다. 답이 틀렸다. 계산이 틀려서 다시 했다. 고양이가 새끼를 낳았다. 아기를 낳은 언니. 집에 있다가 나왔다. 여기 있다가 가. 벽에 종이를 붙였다. 짐을 부쳤다. 빛이 바랜 사진. 집까지 바래다 주었다. 선생님을 뵙고 왔다. 내일 뵐게요. 그 요새는 튼튼했다. 답은 아무튼 맞다. 이것은 책이에요. 저기는 바다예요. 어제는 눈이 왔다. 내일은 일요일이에요. 별로 재미가 없다. 결코 가지 않았다. 왜냐하면 늦었기 때문이다. 사과 두 개를 샀다. 배가 고프니까 먹자. 가고 싶다. 음악이 좋아요. 친구에게 말했다.
잊힌 기억. 키가 크는 아이. 밥을 먹다가 나갔다. 저는 갑니다. 그는 결코 쉬운 사람이 아니다. 이 둘은 전혀 다른 문제다. 아무도 그 이유를 몰랐다. 별로 안 좋아해요. 비록 몸은 작지만 힘이 세다. 아무리 바빠도 밥은 먹어야 한다. 만약 내일 비가 오면 집에 있자. 왜냐하면 시간이 없었기 때문이다. 왜냐하면 아직 어리니까. 하나 둘 세 개의 방이 있다. 둘 다 좋다. 저는 한국 사람이고 회사에 다닙니다. 나는 어제 그를 보았다. 나는 밥을 먹다가 잠들었다. 동생은 선생님이 되고 싶어 해요. 엄마는 보고 싶어요. 친구가 되고 싶어요. 비가 왔으면 싶다. 집에 가서 쉬고 싶어요.
더 낳은 알은 작았다. 닭이 알을 더 낳았다. 우리 있다가 없다가 했다. 학교에 있다가 집에 왔다. 하늘께 빌었다. 선생님들께요? 부모님께 드렸다. 머리를 감아요. 손을 닦아요. 눈을 감았습니다. 모국어요? 아니요, 외국어요. 민준아, 어서 와. 나아서 다행이다. 점점 나아졌다. 밝혀진 사실이 많다. 알려진 대로다. 믿음이 굳어졌다. 커지고 있다. 예뻐지고 좋아지고 많아진다. 해고를 당했다. 달라고 했다. 그는 이후에 떠났다. 산후에 쉬었다. 오후에 만나자. 꽃같이 예쁘다. 새벽같이 일어났다. 눈같이 흰 옷. 나는 같이 갔다. 갑과 을 사이의 계약이다.
결혼 했던 날, 운동 하나, 전화 한 통. 재미있는 이야기 하나 해 줄게. 추워서 문을 닫았다. 바빠서 못 갔습니다. 앉아서 기다리십시오. 가서 봅시다. 서울에서 태어났다. 가난한 집에 태어났다. 있어서 좋다. 없어서 슬프다. 갔어. 서둘러. 칼을 갈려고 돌을 샀다. 그가 온대. 먹는대. 비가 온대요. 인대가 늘어났다. 군대에 간다. 들으면 안다. 물으로가 아니라 물로다. 단어요? 단어를 외워요.
전혀 뜻밖의 소식이었다. 전혀 낯선 거리를 걸었다. 전혀 엉뚱한 대답이 돌아왔다. 둘은 전혀 별개의 문제다. 그는 결코 만만찮은 상대였다. 맛이 별로 그저 그래. 왜냐하면 인간은 누구나 죽는 까닭이다. 만약 그가 돌아온다 해도 나는 모른 척하겠다. 만일 실패할 시에는 어떻게 할 것인가.
비록 늦었을지언정 포기는 없다. 비록 적은 돈이나마 보태고 싶다. 아무리 그래 봐야 소용없다. 아무리 뭐라 하든 나는 간다. 하나 대신 둘을 가져왔다. 하나 주고 둘 달라 한다. 형제 셋 벌어서 먹고산다. 하나 살 때 둘을 준다.
배고파서 못 참겠으니 밥부터 먹읍시다. 추워서 떠는 아이를 놀리지 마세요. 할머니는 손주를 안고 싶었다. 아이를 더 낳은 나라가 이긴다. 곧 낳으시면 연락 주세요. 비도 오는데 어떻게... 걸어서 왔니? 돈은 없는데 어떻게? 훔치기라도 하게?
표적에 맞춰서 조준했다. 퀴즈에 맞춰서 음악이 나왔다. 불을 꺼다오. 불을 꺼지 마라. 촛불을 꺼라고 했다. 한국에 태어난 것을 고맙게 여긴다. 영어 공부 하는 중이다. 무슨 공부 했어요? 개미들이 먹이를 날라갔다.
"""
