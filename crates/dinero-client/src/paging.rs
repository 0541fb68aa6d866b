//! Walking through a list to its end (fact sheet §4.1).

use futures::{Stream, TryStreamExt, stream};

use crate::model::{Contact, ContactNote, FileItem, Page, Product, Sale, TradeOfferItem};
use crate::op::{
    LARGEST_PAGE, ListContacts, ListFiles, ListLiveContacts, ListNotes, ListProducts, ListTradeOffers, Operation,
    SalesList, SalesListField,
};
use crate::{DineroClient, Error};

/// A list that comes in pages.
pub trait Paged: Operation + Clone + Send {
    /// What is in the list.
    type Item: Send;

    /// Which page it asks for, from 0.
    fn page(&self) -> u32;

    /// The same list at another page.
    #[must_use]
    fn at_page(self, page: u32) -> Self;

    /// What an answer brought.
    fn portion(&self, output: Self::Output) -> Portion<Self::Item>;
}

/// What one page brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether nothing comes after them.
    pub is_last: bool,
    /// The page that the server says it is.
    pub page: Option<u32>,
}

impl<T> From<Page<T>> for Portion<T> {
    fn from(page: Page<T>) -> Self {
        Self { is_last: page.is_last(), page: Some(page.pagination.page), items: page.collection }
    }
}

macro_rules! paged {
    ($($list:ty => $item:ty, $at:ident $(. $deeper:ident)? $(, <$field:ident>)?;)*) => {$(
        impl $(<$field: SalesListField>)? Paged for $list {
            type Item = $item;

            fn page(&self) -> u32 {
                self.$at $(.$deeper)?
            }

            fn at_page(mut self, page: u32) -> Self {
                self.$at $(.$deeper)? = page;
                self
            }

            fn portion(&self, output: Page<$item>) -> Portion<$item> {
                output.into()
            }
        }
    )*};
}

paged! {
    ListContacts => Contact, page;
    ListNotes => ContactNote, page;
    ListProducts => Product, page;
    ListTradeOffers => TradeOfferItem, page;
    SalesList<F> => Sale, page, <F>;
}

impl Paged for ListLiveContacts {
    type Item = Contact;

    fn page(&self) -> u32 {
        self.0.page
    }

    fn at_page(self, page: u32) -> Self {
        Self(self.0.at_page(page))
    }

    fn portion(&self, output: Page<Contact>) -> Portion<Contact> {
        output.into()
    }
}

impl Paged for ListFiles {
    type Item = FileItem;

    fn page(&self) -> u32 {
        self.page
    }

    fn at_page(mut self, page: u32) -> Self {
        self.page = page;
        self
    }

    fn portion(&self, items: Vec<FileItem>) -> Portion<FileItem> {
        let full = usize::try_from(self.page_size.clamp(1, LARGEST_PAGE)).unwrap_or(usize::MAX);
        Portion { is_last: items.len() < full, page: None, items }
    }
}

impl DineroClient {
    /// Everything in a list from its page on, page by page as it is asked for. It ends at the first page that is not full,
    /// and with an error when the server gives another page than the one asked for, which would go on for ever.
    ///
    /// ```no_run
    /// use dinero_client::{DineroClient, Error, op::ListContacts};
    /// use futures::TryStreamExt;
    ///
    /// # async fn run(client: DineroClient) -> Result<(), Error> {
    /// let mut contacts = std::pin::pin!(client.stream(ListContacts::new()));
    /// while let Some(contact) = contacts.try_next().await? {
    ///     println!("{}", contact.contact_guid);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<L: Paged>(&self, list: L) -> impl Stream<Item = Result<L::Item, Error>> + Send {
        let client = self.clone();
        stream::try_unfold(Some(list), move |list| {
            let client = client.clone();
            async move {
                let Some(list) = list else { return Ok(None) };
                let output = client.send(&list).await?;
                let portion = list.portion(output);
                let page = list.page();
                if let Some(other) = portion.page.filter(|it| *it != page && !portion.is_last) {
                    let reason = format!("page {page} was asked for, page {other} came");
                    return Err(Error::decode(L::NAME, "Pagination.Page".to_owned(), reason));
                }
                let next = (!portion.is_last).then(|| list.at_page(page + 1));
                Ok(Some((stream::iter(portion.items.into_iter().map(Ok)), next)))
            }
        })
        .try_flatten()
    }

    /// Everything in a list from its page on.
    ///
    /// # Errors
    /// As for [`send`](Self::send), and when the list has no end.
    pub async fn collect<L: Paged>(&self, list: L) -> Result<Vec<L::Item>, Error> {
        self.stream(list).try_collect().await
    }
}
